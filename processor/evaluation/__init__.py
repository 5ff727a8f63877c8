"""How good the pipeline is: scores on the seeds and on labelled articles, held to floors."""
