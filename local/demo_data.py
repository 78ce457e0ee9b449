"""The demo company, its customers and its quote: invented people, right keys, everything a document must print."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
LOGO = Path(__file__).with_name("demo_logo.png")

COMPANY: dict[str, Any] = {
    "legal_name": "Atelier Verdier",
    "legal_kind": "company",
    "legal_form": "SARL",
    "share_capital": "10000.00",
    "siren": "912345675",
    "siret": "91234567500017",
    "registry": "RCS",
    "registry_city": "Lyon",
    "vat_regime": "liable",
    "vat_number": "FR65912345675",
    "address": {"line1": "12 rue des Capucins", "postcode": "69001", "city": "Lyon"},
    "email": "contact@relance.example",
    "phone": "04 78 00 00 00",
    "website": "https://atelier-verdier.example",
    "insurance": "Décennale MAAF Pro, 79180 Chauray, contrat 21 445 877, France métropolitaine",
    "mediator": "CM2C, 49 rue de Ponthieu, 75008 Paris, cm2c.net",
    "bank": {"iban": "FR7630003012340001234567854", "bic": "SOGEFRPP"},
    "branding": {"colour": "#1f4e5f", "logo_png": b64encode(LOGO.read_bytes()).decode()},
}

CUSTOMERS: list[dict[str, Any]] = [
    {
        "kind": "business",
        "name": "Imprimerie du Rhône SAS",
        "contact_name": "Nadia Perrin",
        "siren": "803124569",
        "vat_number": "FR31803124569",
        "address": {"line1": "45 quai Perrache", "postcode": "69002", "city": "Lyon"},
        "email": "nadia.perrin@imprimerie-rhone.example",
        "consent": {
            "tracking": "consented",
            "at": "2026-11-02T09:12:00Z",
            "source": "formulaire de demande de devis",
            "text_version": "2026-04",
        },
    },
    {
        "kind": "consumer",
        "name": "Camille Lefèvre",
        "address": {"line1": "3 place Bellecour", "line2": "Bât. B, 2e étage", "postcode": "69002", "city": "Lyon"},
        "email": "camille.lefevre@client.example",
    },
]

QUOTE: dict[str, Any] = {
    "subject": "Rénovation du parquet de l’accueil",
    "message": "Bonjour Madame Perrin, voici notre proposition à la suite de notre visite. L’accueil reste ouvert "
    "pendant les travaux : nous intervenons par moitié.",
    "start_date": "semaine du 11 janvier 2027",
    "duration": "4 jours ouvrés",
    "delivery_terms": "Exécution sur place, en deux phases ; réception des travaux en fin de chantier.",
    "lines": [
        {
            "description": "Dépose de l’ancien revêtement et évacuation",
            "quantity": "42.5",
            "unit": "m²",
            "unit_price": "12.40",
            "vat": {"category": "S", "rate": "20"},
        },
        {
            "description": "Parquet chêne massif, pose collée\nLames 14 × 130 mm, finition huilée, PEFC",
            "quantity": "42.5",
            "unit": "m²",
            "unit_price": "78.90",
            "vat": {"category": "S", "rate": "20"},
            "discount": {"percent": "5"},
        },
        {
            "description": "Ponçage et huilage de l’escalier (bâtiment d’habitation de plus de deux ans)",
            "quantity": "14",
            "unit": "marche",
            "unit_price": "38.00",
            "vat": {"category": "S", "rate": "10"},
        },
        {
            "description": "Plinthes chêne 70 mm",
            "quantity": "31",
            "unit": "m",
            "unit_price": "6.4525",
            "vat": {"category": "S", "rate": "20"},
            "nature": "goods",
        },
        {
            "description": "Déplacement et protection des lieux",
            "quantity": "1",
            "unit": "forfait",
            "unit_price": "0",
            "vat": {"category": "S", "rate": "20"},
        },
    ],
}
