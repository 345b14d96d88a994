# Le courrier du guichet.
told-mailed = Courriel préparé
told-mail-held = Courriel retenu
told-mail-sent = Courriel envoyé
told-mail-failed = Courriel non envoyé
told-mail-again = Courriel remis à l'envoi
mail-acknowledgement = accusé d'enregistrement
mail-answer = réponse
mail-restored = rétabli, à valider
mail-desk = courrier du guichet
