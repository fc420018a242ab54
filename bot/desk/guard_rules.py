"""What may not be said, as one table. A rule reads one sentence in folded text: lower case, no accents, straight apostrophes.

Banking secrecy is the reason of most: in public nobody may learn from us that a person is our client, what he holds, or how it
goes. The others are manners that fraud has taught: no one of ours asks for a code, nor for personal things in public.
"""

from dataclasses import dataclass
from enum import StrEnum

_NOTHING = "(?!)"


class Severity(StrEnum):
    """block: it does not leave. warn: it leaves when the agent says that he means it."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """Objects to `pattern` in a sentence that holds `only_with` somewhere; not where the sentence holds `unless`, or holds
    `unless_before` before it, or the whole text `unless_text`.

    `key` names the words that the agent is shown. A rule that is not `is_public_only` holds in private, too.
    """

    key: str
    pattern: str
    only_with: str = ""
    unless: str = _NOTHING
    unless_before: str = _NOTHING
    unless_text: str = _NOTHING
    severity: Severity = Severity.BLOCK
    is_public_only: bool = True


def _words(words: str) -> str:
    """Any of these whole words. An underscore stands for a blank inside one."""
    return rf"\b(?:{'|'.join(words.split()).replace('_', ' ')})\b"


CLIENT = _words(
    "clients? clientes? titulaires? societaires? adherente?s? customers? account_?holders? cardholders? members?"
)
OF_CLIENTS = "(?! (?:service|care|support|team|relation|space|area|line|feedback|satisfaction|experience|promise))"
YOUR = _words("votre vos ton ta tes your ur")
# What only a client has.
HELD = _words(
    """
    comptes? cartes? cb virements? prelevements? paiements? cheques? chequiers? depots? retraits? operations? transactions?
    soldes? decouverts? dossier contrats? remboursements? prets? credits? livrets? epargne pel cel assurance[_-]vie agios
    oppositions? plafonds? mensualites? salaires? frais
    accounts? cards? transfers? payments? checks? deposits? withdrawals? balances? overdrafts? loans? mortgages? savings
    direct_debits? standing_orders? refunds? statements? application claim salary wages fees?
    """
)
WHICH = _words(
    r"numero_de demande_de nouve\w+ ancien\w* derniere?s? new debit credit current savings joint bank last recent"
)
YOUR_HELD = rf"{YOUR}(?: {WHICH})* {HELD}"
PRODUCT = _words(
    "prets? credit_immobilier decouverts? livrets? pel cel assurance[_-]vie epargne loans? mortgages? overdrafts? isa"
)
STATE = (
    r"(?:ne |n')?"
    + _words(
        """
        est sont a ont sera seront etait etaient vient viennent presente affiche reste
        is are was were has have had will_be shows? remains? isn't wasn't hasn't went bounced needs
        """
    )
    + "(?!-(?:t-)?(?:il|elle))"  # "votre carte est-elle…?" asks, it does not tell
)
LINK = _words("qui que et mais ou and but so or that which to")
WE_SEE = _words(
    r"""
    nous_(?:avons|venons_de|voyons|constatons|observons|notons|retrouvons|confirmons) on_(?:a|voit|vient_de|constate)
    je_(?:vois|constate|confirme) j'ai (?:we|i)_(?:have|see|saw|note|noticed?|confirm(?:ed)?|can_see|can_confirm|do_see)
    (?:we|i)'ve (?:we|i)_(?:just_|already_)*(?:un)?(?:blocked|refunded|cancell?ed|received|processed|closed|declined)
    (?:we|i)_(?:just_|already_)*(?:credited|debited|sent|issued|approved|rejected|reviewed|found)
    """
)
# Verbs that only a client's money suffers, and what is sent to a client only.
PAID = _words(r"rembourse\w* credite\w* debite\w* preleve\w* refunded credited debited charged overdrawn reimbursed")
SENT = _words(
    r"envoye\w* adresse\w* accorde\w* refuse\w* ouvert\w* commande\w* sent issued granted opened ordered approved"
)
NOW = r"(?: bien| deja| aussi| just| already| now| both)*"
MOVED = _words(
    """
    virement prelevement paiement cheque depot retrait operation transaction remboursement
    transfer payment check cheque deposit withdrawal refund
    """
)
CLIENT_NUMBER = (
    r"\b(?:votre (?:numero|no) (?:de |d')?(?:client|cliente|compte|adherent|societaire|contrat|dossier)"
    r"|your (?:customer|client|account|membership) (?:number|no|id))"
)
DATE = r"[0-9]{1,2}[ /.-]{1,2}[a-z0-9]{1,9}[ /.-]{1,2}(?:19|20)[0-9]{2}\b"
LIVE = _words("vous_habitez vous_residez vous_logez votre_adresse_est you_live your_address_is")
STREET = _words(
    "rue avenue av boulevard bd place chemin impasse allee route quai cours square street road lane avenue drive"
)
AMOUNT = r"(?:[€$£] ?[0-9]|[0-9][0-9 .,]{0,12}(?:€|\$|£|eur\b|euros?\b|pounds?\b|dollars?\b))"

IF = _words("si s'il if when whenever quand lorsque en_cas in_case once des_que whether unless a_moins est-ce_que")
IF += r"|\b(?:lorsqu|des qu)'"
NOT = _words("ne jamais never no don't dont not can't cannot unable won't aucune? sans without avoid evitez nobody")
NOT += r"|\bn'"
PRIVATE = (
    _words(
        "dms? mps? pms? inbox messagerie en_prive privately espace_client formulaire message_us messages?_(?:prives?|directs?)"
    )
    + r"|\b(?:private|direct|secure)(?:ly)?(?: a)? (?:message|messaging|chat|conversation|form|link|page)|\bconversation privee\b"
)
IN_PUBLIC = _words(
    "en_commentaires? en_public publiquement sous_ce_(?:post|tweet|message) in_the_comments publicly in_a_comment"
)
HERE = _words("ici ci-dessous en_reponse here below in_reply in_a_reply in_this_thread") + "(?!:? ?(?:https?://|👉))"
SHOPPING = (
    _words(
        r"""
        simul\w+ obten\w+ souscri\w+ demand\w+ ouvr\w+ compar\w+ choisi\w* trouv\w+
        apply get getting open\w* choos\w+ find calculat\w+
        """
    )
    + r"(?: (?:for|a|pour|online|en ligne))* $"
)

ASK = (
    r"(?:"
    + _words(
        "donnez indiquez communiquez precisez transmettez envoyez partagez laissez fournissez ecrivez dites confirmez postez"
    )
    + r"|\b(?:pouvez|pourriez|pourrais|peux|pourrez)[ -](?:vous|tu)\b.{0,30}?"
    + _words("donner indiquer communiquer preciser transmettre envoyer partager fournir dire confirmer poster")
    + r"|\b(?:merci de|veuillez|besoin de|il nous faut)\b|\bquel(?:le)?s? (?:est|sont)\b|\bwhat(?: i|')s\b"
    + r"|(?:^\W{0,5}|[,;:] ?|\b(?:please|pls|kindly|and|just|you|to|then|can|could)\b )"
    + _words("give send share post provide tell confirm text reply comment drop leave supply forward dm message")
    + r"(?! you\b| (?:us|me) an? )|\b(?:can|could|may) (?:we|i) (?:please )?(?:have|get|take)\b|\b(?:we|i)(?:'ll| will)? need\b)"
)
PERSONAL = _words(
    r"""
    numeros?_(?:de_|d')?(?:compte|cliente?|carte|dossier|telephone|tel|contrat|portable|mobile|securite_sociale|identifiant)
    identifiants? iban rib date_de_naissance adresse(?!_(?:de|du|des|url|web|ip)\b) coordonnees nom_complet nom_et_prenom
    e-?mail telephone (?:account|customer|client|card|phone|mobile|contact|membership|policy|social_security)_(?:number|details)
    sort_code date_of_birth dob full_name (?:home|postal|billing|e-?mail)_address your_address post_?code zip_code ssn
    """
)
SECRET = _words(
    r"""
    codes?_(?:secret|confidentiel|pin|recu|sms|d'acces|personnel|a_usage_unique|que_vous)
    code_de_(?:validation|verification|confirmation|securite|connexion|la_carte|votre_carte)
    mots?_de_passe passwords? pass_?codes? pin cvv2? cvc2? cryptogramme otp
    (?:security|one[_-]time|verification|access|login|sms|secret|confirmation)_(?:code|password) code_(?:you|we_sent)
    card_number numero_(?:complet_)?de_(?:votre_|la_|ta_)?carte 16_(?:digits|chiffres)
    """
)
LAST_FOUR = r"\b(?:4|quatre|four) (?:last|derni)|\blast (?:4|four)\b"
ENDING = _words("se_terminant finissant terminee? ending that_ends qui_se_termine")
ASKS_PERSONAL = rf"{ASK}.{{0,80}}?{PERSONAL}"

# Whatever stands around them, these tell that a person is our client, what he holds, or how it goes.
ALWAYS = {
    "guard.client": (
        rf"\bas one of our(?: \w+)? {CLIENT}",
        rf"\b(?:cher|chere|dear)(?: \w+)? {CLIENT}",
        rf"\b(?:notre|our)(?: (?:fidele|cher|chere|loyal|valued|dear))? (?:client|cliente|customer)\b{OF_CLIENTS}",
        r"\bvous etes(?: \w+){0,2} (?:chez|avec) nous depuis\b",
        r"\byou(?:'re| are|'ve been| have been)(?: \w+){0,2} with us (?:since|for)\b",
        _words("votre_fidelite your_loyalty cliente?_(?:chez|de)_nous you_bank_with_us (?:banking|business)_with_us"),
    ),
    "guard.fact": (
        rf"\b(?:carte|card|compte|account)(?: \w+){{0,2}} {ENDING}",
        rf"\b(?:nee?|born|de naissance|date of birth|dob)\b[^.!?0-9]{{0,12}}{DATE}",
        rf"{LIVE}[^.!?0-9]{{0,20}}[0-9]{{1,4}}(?:[ ,]+[a-z'-]+){{0,3}}?[ ,]+{STREET}",
        rf"\b(?:nous|on|je) vous (?:avons|a|ai){NOW} {PAID}",
        rf"\b(?:nous|on|je) vous (?:avons|a|ai){NOW} {SENT} (?:votre|une?|la|le|des) (?:\w+ )?{HELD}",
        rf"\bwe(?:'ve| have)?{NOW} {PAID} you\b",
        rf"\bwe(?:'ve| have)?{NOW} {SENT} you (?:an?|the|your)(?: \w+)? {HELD}",
    ),
}
# These do so, too, but not in a sentence that has put a condition before: "if your card is lost" is said to everybody.
UNLESS_IF = {
    "guard.client": (
        rf"\b(?:en tant que|en votre qualite de|as an?|as our)(?: \w+)? {CLIENT}",
        rf"\bvous (?:etes|etiez|restez)(?: bien| deja| toujours)* {CLIENT}",
        rf"\byou(?:'re| are|'ve been| have been| remain)(?: \w+){{0,3}} {CLIENT}",
    ),
    "guard.fact": (
        rf"{YOUR_HELD}(?: (?!{LINK})[\w'-]+){{0,4}}? {STATE}",
        rf"{YOUR_HELD}[^,;:]{{0,30}}? (?:de |of |for |at )?{AMOUNT}",
        rf"{AMOUNT}[^,;:]{{0,40}} {YOUR_HELD}",
        rf"{AMOUNT}(?: \w+){{0,3}} (?:sur|on|in|from) (?:le|ce|the|this) {HELD}",
        rf"{WE_SEE}[^,;:]{{0,60}}?{YOUR_HELD}",
        rf"\b(?:vous (?:avez|disposez|detenez)|you have)(?: \w+){{1,3}} {HELD} (?:chez|aupres|with)\b",
        rf"\bvous (?:avez|aviez|serez|etes|allez){NOW}(?: ete| etre)? {PAID}",
        rf"\byou(?:'ve| have| had| were| are|'re| will be|'ll be)(?: been)?{NOW} {PAID}",
        r"\bvous etes(?: \w+)? (?:a decouvert|fichee?|interdite? bancaire)\b",
        r"\byou(?:'re| are|'ve been| have been| were)(?: [\w€$£.,]+){0,3} overdrawn\b",
        rf"\b(?:le|la|l'|ce|cet|cette|the|this|that) ?{MOVED} (?:de |d'un montant de |of |for ){AMOUNT}[^;:]{{0,30}}? {STATE}",
        r"\b(?:looked (?:at|into)|reviewed|checked|opened) your file\b",
        rf"\b(?:solde|balance)(?: \w+){{0,2}} ?[:=] ?{AMOUNT}",
        rf"\b(?:le solde est|the balance is)(?: de| of| at)? {AMOUNT}",
        rf"\b(?:la|le|the) {HELD} (?:que (?:vous avez|tu as)|(?:that )?you(?: have|'ve)?){NOW} {SENT}",
        rf"{CLIENT_NUMBER}(?: (?:est|is)\b| ?[:=]? ?[0-9])",
    ),
}

RULES = (
    *(Rule(key, pattern) for key, patterns in ALWAYS.items() for pattern in patterns),
    *(Rule(key, pattern, unless_before=IF) for key, patterns in UNLESS_IF.items() for pattern in patterns),
    # A product is more telling than an account, unless he is still to get it.
    Rule("guard.product", rf"{YOUR}(?: \w+)? {PRODUCT}", unless=PRIVATE, unless_before=rf"{IF}|{SHOPPING}"),
    Rule(
        "guard.account",
        rf"{YOUR_HELD}|{YOUR} (?:conseill\w+|agence|advis[eo]r|branch)\b",
        unless=rf"{PRIVATE}|{NOT}",
        unless_before=rf"{IF}|{SHOPPING}",
        severity=Severity.WARN,
    ),
    # What we may not ask for: secrets nowhere, personal things only where nobody else reads the answer.
    Rule("guard.asks_secret", rf"{ASK}.{{0,60}}?{SECRET}", unless=rf"{NOT}|{LAST_FOUR}", is_public_only=False),
    Rule("guard.asks_in_public", ASKS_PERSONAL, unless=rf"{NOT}|{PRIVATE}", unless_text=PRIVATE),
    Rule("guard.asks_in_public", ASKS_PERSONAL, only_with=HERE, unless=rf"{NOT}|{PRIVATE}"),
    Rule("guard.asks_in_public", ASKS_PERSONAL, only_with=IN_PUBLIC, unless=NOT),
)
