# Se connecter : second facteur.
second-title = Second facteur
second-lead = Le mot de passe de { $name } est bon. Il reste un code.
second-code = Code de l'application, ou code de secours
second-code-hint = Six chiffres qui changent toutes les trente secondes. Sans votre téléphone : un de vos codes de secours, qui ne sert qu'une fois.
second-other = Reprendre du début
second-over = Le code n'est plus attendu : il se donne dans les cinq minutes. Saisissez de nouveau votre mot de passe.
second-refused = Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant ; après cinq échecs, l'accès est bloqué un quart d'heure.
second-password-wrong = Le mot de passe n'est pas le bon. Rien n'a été changé.
second-code-wrong = Ce code n'est pas le bon, ou il a déjà servi. Rien n'a été changé : attendez le suivant, et vérifiez l'heure du téléphone.
factor-title = Second facteur
factor-required = Votre rôle demande un second facteur. Les pages s'ouvrent dès qu'il est en place.
factor-lead = En plus du mot de passe, une application de votre téléphone donne un code qui change toutes les trente secondes. Un mot de passe volé ne suffit alors plus.
factor-begin = Commencer
factor-anew = Recommencer avec un autre secret
factor-scan = Lisez cette image avec une application de codes (FreeOTP, Aegis, celle de votre gestionnaire de mots de passe…).
factor-picture = Image à lire avec l'application ; la même clé est écrite dessous.
factor-or-type = Ou saisissez-y cette clé :
factor-confirm = Le code que l'application montre
factor-confirm-submit = Mettre en place
factor-done = C'est en place. Le prochain code sera demandé à la prochaine connexion ; vos autres navigateurs ont été déconnectés.
factor-codes = Codes de secours
factor-codes-lead = Pour le jour où le téléphone manque : { $n } codes qui ne servent chacun qu'une fois. Imprimez-les ou rangez-les ailleurs que sur le téléphone ; ils ne seront plus montrés.
factor-go-on = Continuer
factor-codes-left = { $n ->
    [0] Aucun code de secours ne reste : demandez-en d'autres.
    [one] Un code de secours reste.
   *[other] { $n } codes de secours restent.
}
factor-other-codes = Remplacer tous les codes
factor-remove = Retirer le second facteur
factor-remove-lead = Pour changer de téléphone : retirez-le, puis mettez en place le nouveau. Le mot de passe suffit entre-temps, sauf si votre rôle en demande davantage.
factor-remove-submit = Retirer
sign-in-no-role = L'annuaire vous connaît, mais aucun de vos groupes n'ouvre Vigie. Demandez à l'administrateur quel groupe donne votre rôle.
sign-in-silent = L'annuaire ne répond pas : rien n'a été vérifié. Réessayez dans un instant ; les comptes propres à Vigie fonctionnent.
password-elsewhere = Votre mot de passe est tenu par l'annuaire : changez-le là-bas. Rien n'a été changé.
# Se connecter par un fournisseur d'identité.
sign-in-or = ou avec un compte Vigie
provider-late = Cette connexion n'a pas été commencée dans ce navigateur, a pris plus d'un quart d'heure, ou a déjà servi. Rien n'a été ouvert : recommencez.
provider-forged = Ce retour n'est pas celui de la connexion commencée dans ce navigateur. Rien n'a été ouvert, et le refus est au journal. Recommencez ; si cela revient, prévenez l'administrateur.
provider-denied = Le fournisseur d'identité n'a pas confirmé votre connexion. Rien n'a été ouvert : recommencez, ou demandez-lui pourquoi.
provider-doubtful = La preuve que le fournisseur d'identité a donnée ne tient pas. Rien n'a été ouvert : recommencez ; si cela revient, prévenez l'administrateur.
provider-silent = Le fournisseur d'identité ne répond pas comme il faut : rien n'a été vérifié. Réessayez dans un instant ; les comptes propres à Vigie fonctionnent.
provider-no-role = Le fournisseur d'identité vous connaît, mais aucun de vos groupes n'ouvre Vigie. Demandez à l'administrateur quel groupe donne votre rôle.
provider-taken = Votre nom est déjà celui d'un autre compte, ou votre compte est fermé. Rien n'a été ouvert : demandez à l'administrateur.
password-at-provider = Vous vous connectez par { $provider } : le mot de passe se change là-bas.
factor-fresh = Vous n'avez pas de mot de passe ici : il suffit de vous être connecté il y a moins de dix minutes.
second-not-fresh = Votre connexion date de plus de dix minutes. Déconnectez-vous, reconnectez-vous, puis recommencez. Rien n'a été changé.
signed-out-title = Vous êtes déconnecté de Vigie
signed-out-lead = Chez { $provider }, votre session reste ouverte : qui se sert de ce navigateur peut encore y entrer en votre nom.
signed-out-there = S'y déconnecter aussi
