"""How much a scene may hold."""

MAX_RUNNERS = 10
MAX_STEPS = 5000
MAX_QUERY = 8192  # characters; a full scene of ten runners needs about 2000, and 7000 where each has twenty drops
MAX_NTH = 200  # the last of what comes in any number, such as drops: so many, set by sliders, fit into a link
MAX_FAULTS = 20  # are named; whoever sends more is not reading them
FAR = 1e6  # coordinates beyond this are taken for a slip
STRETCH = (0.1, 10.0)  # least and most
AVERAGES = ("mean", "ema")  # of the points of a run, which can be drawn beside it
BESIDE = ("own", *AVERAGES)  # and the points that a method keeps for itself
DECAY = 0.95  # of the exponential moving average
