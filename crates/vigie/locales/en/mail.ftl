# The desk's post.
told-mailed = Mail prepared
told-mail-held = Mail held back
told-mail-sent = Mail sent
told-mail-failed = Mail not sent
told-mail-again = Mail sent again
mail-acknowledgement = acknowledgement
mail-answer = answer
mail-restored = restored, to be validated
mail-desk = the desk's post
