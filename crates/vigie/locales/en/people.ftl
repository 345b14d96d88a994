# Signing in: second factor.
second-title = Second factor
second-lead = The password of { $name } is right. A code is left to give.
second-code = Code of the application, or recovery code
second-code-hint = Six digits that change every thirty seconds. Without your phone: one of your recovery codes, which opens once.
second-other = Start again
second-over = The code is no longer awaited: it is given within five minutes. Type your password again.
second-refused = This code is not the right one, or was used before. Wait for the next one; after five failures the door is locked for a quarter of an hour.
second-password-wrong = The password is not the right one. Nothing was changed.
second-code-wrong = This code is not the right one, or was used before. Nothing was changed: wait for the next one, and look whether the phone's time is right.
factor-title = Second factor
factor-required = Your role asks for a second factor. Pages open as soon as it is set up.
factor-lead = Besides the password, an application on your phone gives a code that changes every thirty seconds. A stolen password is then not enough.
factor-begin = Begin
factor-anew = Begin again with another secret
factor-scan = Read this picture with an application for codes (FreeOTP, Aegis, your password manager's…).
factor-picture = Picture to be read by the application; the same key is written below.
factor-or-type = Or type this key into it:
factor-confirm = The code that the application shows
factor-confirm-submit = Set up
factor-done = It is set up. The next code is asked at your next sign-in; your other browsers were signed out.
factor-codes = Recovery codes
factor-codes-lead = For the day when the phone is missing: { $n } codes that open once each. Print them or keep them elsewhere than on the phone; they will not be shown again.
factor-go-on = Go on
factor-codes-left = { $n ->
    [0] No recovery code is left: ask for others.
    [one] One recovery code is left.
   *[other] { $n } recovery codes are left.
}
factor-other-codes = Replace all codes
factor-remove = Remove the second factor
factor-remove-lead = To change your phone: remove it, then set the new one up. The password is enough in between, unless your role asks for more.
factor-remove-submit = Remove
sign-in-no-role = The directory knows you, but none of your groups opens Vigie. Ask the administrator which group gives your role.
sign-in-silent = The directory does not answer: nothing was checked. Try again in a moment; Vigie's own accounts work.
password-elsewhere = Your password is kept by the directory: change it there. Nothing was changed.
# Signing in through an identity provider.
sign-in-or = or with an account of Vigie
provider-late = This sign-in was not begun in this browser, took more than a quarter of an hour, or was used before. Nothing was opened: begin again.
provider-forged = This return is not that of the sign-in begun in this browser. Nothing was opened, and the refusal stands in the journal. Begin again; if it comes back, tell the administrator.
provider-denied = The identity provider did not confirm your sign-in. Nothing was opened: begin again, or ask it why.
provider-doubtful = The proof that the identity provider gave does not hold. Nothing was opened: begin again; if it comes back, tell the administrator.
provider-silent = The identity provider does not answer as it should: nothing was checked. Try again in a moment; Vigie's own accounts work.
provider-no-role = The identity provider knows you, but none of your groups opens Vigie. Ask the administrator which group gives your role.
provider-taken = Your name is already another account's, or your account is closed. Nothing was opened: ask the administrator.
password-at-provider = You sign in through { $provider }: the password is changed there.
factor-fresh = You have no password here: it is enough to have signed in less than ten minutes ago.
second-not-fresh = You signed in more than ten minutes ago. Sign out, sign in again, then begin anew. Nothing was changed.
signed-out-title = You are signed out of Vigie
signed-out-lead = At { $provider } you are still signed in: whoever uses this browser can still enter there in your name.
signed-out-there = Sign out there too
