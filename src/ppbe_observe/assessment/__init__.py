"""The controls, assessed continuously: judge a target, remember what was found, publish it."""
