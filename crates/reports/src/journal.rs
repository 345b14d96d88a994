//! What a monthly journal says beyond the judged month: parties, history, conventions, checkpoint.
