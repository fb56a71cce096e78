"""What the pages share: controls, words, the link, the stage."""
