#!/bin/bash
# Vérifie une preuve d'inclusion avec bash, sha256sum, base64 et OpenSSL 3 : bash verifier_preuve.sh
octets() { printf "$(printf %s "$1" | sed 's/../\\x&/g')"; }
empreinte() { sha256sum | cut -c 1-64; }
refuse() { echo "PREUVE REFUSÉE : $1."; exit 1; }
# 1. L'empreinte de l'événement, puis celle de la feuille de l'arbre.
evenement=$( (printf 'relance.event.v1\0'; cat evenement.json) | empreinte)
n=$( (printf '\0'; octets "$evenement") | empreinte)
# 2. De la feuille à la racine : chaque empreinte voisine se met à gauche ou à droite.
while read -r cote voisine; do
  if [ "$cote" = gauche ]; then paire=$voisine$n; else paire=$n$voisine; fi
  n=$( (printf '\1'; octets "$paire") | empreinte)
done < chemin.txt
# 3. Cette racine est la 3e ligne du point de contrôle.
[ "$(octets "$n" | base64)" = "$(sed -n 3p point.note)" ] || refuse "l'événement n'est pas dans cette archive"
# 4. Les cinq premières lignes du point de contrôle sont signées par la clé de l'archive.
t=$(mktemp -d); trap 'rm -r "$t"' EXIT
head -n 5 point.note > "$t/texte"; sed -n '7s/.* //p' point.note | base64 -d | tail -c 64 > "$t/signature"
openssl pkeyutl -verify -pubin -inkey cle.pem -rawin -in "$t/texte" -sigfile "$t/signature" > "$t/dit" 2>&1 \
  || refuse "la signature du point de contrôle est fausse"
echo "PREUVE ACCEPTÉE : l'événement est l'un des $(sed -n 2p point.note) que ce point de contrôle atteste."
