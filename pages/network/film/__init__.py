"""The film: the training of small networks, several optimizers side by side, drawn and played in the browser."""

from __future__ import annotations

from pathlib import Path

from pages.shared.canvas import Component, pack

__all__ = ["FILM", "WORDS", "pack"]

FILM = Component("film", Path(__file__).parent)

# The words that the film itself writes.
WORDS = (
    *(
        "play",
        "pause",
        "replay",
        "speed",
        "copy_link",
        "copied",
        "copy_failed",
        "copy_long",
        "fullscreen",
        "failed",
        "runner",
        "show",
    ),
    *("axis_log", "axis_linear", "axis_to_log", "axis_to_linear", "empty"),
    *("film_back", "film_forward", "film_scrub", "film_count", "film_moment", "film_ahead", "film_ahead_val"),
    *(
        "film_panels",
        "film_none",
        "film_hidden",
        "film_waits",
        "film_exploded",
        "film_place",
        "film_class",
        "film_own",
        "film_own_touch",
    ),
    *("film_now", "film_now_val", "film_now_loss", "film_true", "film_thought"),
    *("film_tabs", "film_curves", "film_network", "film_layers", "film_images"),
    *("film_loss", "film_accuracy", "film_training", "film_validation", "film_curves_hint", "film_best"),
    *("film_stopped", "film_infinite", "film_large"),
    *("film_across", "film_by_epoch", "film_by_evaluation", "film_by_second"),
    *(
        "film_gradients",
        "film_gradients_help",
        "film_gradients_none",
        "film_inputs",
        "film_outputs",
        "film_hidden_layer",
        "film_more",
        "film_pixels",
        "film_weight",
        "film_weight_above",
        "film_weight_below",
        "film_gradient",
        "film_gradient_above",
        "film_gradient_below",
        "film_bias",
        "film_layers_about",
        "film_norm",
        "film_ratio",
        "film_dead",
        "film_vanishing",
        "film_exploding",
        "film_wrong",
        "film_no_mistakes",
        "film_draw",
        "film_clear",
        "film_guess",
    ),
    *(
        "film_landscape",
        "film_landscape_of",
        "film_landscape_waits",
        "film_landscape_note",
        "film_landscape_random",
        "film_landscape_norm",
        "film_landscape_some",
        "film_landscape_off",
        "film_landscape_here",
        "film_directions",
        "film_directions_paths",
        "film_directions_random",
        "film_sharpness",
        "film_sharpness_below",
        "film_sharpness_above",
    ),
)
