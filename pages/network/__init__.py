"""The network: small neural networks in training, an optimizer each, side by side."""
