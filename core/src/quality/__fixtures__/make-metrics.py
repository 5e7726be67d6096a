"""Writes metrics.json: 200 pairs of texts and 200 rankings with the results of rouge-score, sacrebleu, rapidfuzz and trec_eval. See README.md."""

import json
import math
import random
from pathlib import Path

import pytrec_eval
import sacrebleu
from nltk.stem.porter import PorterStemmer
from rapidfuzz.distance import Levenshtein
from rouge_score import rouge_scorer

random.seed(20260101)

words = """the a of in on and contract contracts renewal renewed renewing payments paying happily happiness relational conditional
hopefulness adjustable replacement flies dying skies news agreed plastered motoring hopping falling filing controlled rolling enjoys
Müller naïve café Straße 東京 東京都 emoji🙂 🙂👍 e\u0301te\u0301 don't U.S. 3.14 1,000 2-3 10-day well-known e.g. (see [1] "quoted" &amp; &quot;x&quot; A/B x=y
50% $20 #1 user@example.org http://example.org/a?b=c end. end, why? yes! no; so: ... -- ' '' <skipped> \u00a0 \u2003 tab\there İstanbul""".split(" ")
words = [word.strip("\n") or "the" for word in words]


def sentence(length):
    text = " ".join(random.choice(words) for _ in range(length))
    return random.choice([text, text.capitalize(), text + "\n", "  " + text, text.replace(" and ", "\n"), text + "\u00a0"])


inflected = {"contract": "contracts", "renewed": "renewing", "payments": "payment", "paying": "pays", "controlled": "controlling", "rolling": "rolled", "happily": "happiness"}


def change(text):
    parts = text.split(" ")
    for _ in range(random.randint(0, max(1, len(parts) // 2))):
        at = random.randrange(len(parts))
        action = random.random()
        if parts[at] in inflected:
            parts[at] = inflected[parts[at]]
        elif action < 0.4:
            parts[at] = random.choice(words)
        elif action < 0.7 and len(parts) > 1:
            del parts[at]
        else:
            parts.insert(at, random.choice(words))
    return " ".join(parts)


scorers = {stem: rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=stem) for stem in (False, True)}


def rouge_of(answer, reference, stem):
    scores = scorers[stem].score(reference, answer)
    return [value for name in ("rouge1", "rouge2", "rougeL") for value in (scores[name].precision, scores[name].recall, scores[name].fmeasure)]


def make_pair(number):
    reference = "" if number == 0 else sentence(random.randint(1, 25))
    answer = "" if number == 1 else change(reference)
    other = change(reference)
    references = [reference] if number % 3 else [reference, other]
    return {
        "answer": answer,
        "references": references,
        "rouge": rouge_of(answer, reference, False),
        "rougeStem": rouge_of(answer, reference, True),
        "bleu": sacrebleu.sentence_bleu(answer, references).score,
        "chrf": sacrebleu.sentence_chrf(answer, references).score,
        "chrfPlus": sacrebleu.sentence_chrf(answer, references, word_order=2).score,
        "distance": Levenshtein.distance(answer, reference),
        "similarity": Levenshtein.normalized_similarity(answer, reference),
    }


def make_ranking(number):
    documents = [f"d{at}" for at in range(random.randint(1, 40))]
    ranked = random.sample(documents, random.randint(1, len(documents)))
    judged = random.sample(documents, random.randint(1, len(documents)))
    relevance = {document: random.choice([0, 0, 0, 1, 1, 2, 3]) for document in judged}
    if number == 0:
        relevance = {document: 0 for document in judged}
    measures = {"recall.5,10", "recip_rank", "ndcg_cut.5,10"}
    run = {document: float(len(ranked) - at) for at, document in enumerate(ranked)}
    found = pytrec_eval.RelevanceEvaluator({"q": relevance}, measures).evaluate({"q": run})["q"]
    return {
        "ranked": ranked,
        "relevance": relevance,
        "measures": [found[name] for name in ("recall_5", "recall_10", "recip_rank", "ndcg_cut_5", "ndcg_cut_10")],
    }


stems = """relat condit ration valenc hesit digit conform radic differ vile analog vietnam predic oper feudal decis hope callous formal
sensit triplic form formal electr good reviv allow infer airlin gyroscop adjust defens irrit replac depend adopt homolog commun activ
angular effect bowdler probat rat ceas control roll t tr sk fl sp cr di ti l sl b bl happ en-joy enjoy th geo theo archaeo syzyg y yy
fail fil hopp tann fall hiss fizz agre fe plaster motor sing siz troubl conflat matt plot""".split()
suffixes = """ s es ies ied ed eed ing ly y ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness
fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion
sion tion ou ism ate iti ous ive ize e ll le""".split(" ")
suffixes = [suffix.strip() for suffix in " ".join(suffixes).split()] + [""]
stemmer = PorterStemmer()
vocabulary = sorted({stem.replace("-", "") + suffix for stem in stems for suffix in suffixes})
vocabulary = sorted(random.sample(vocabulary, 2_500)) + ["sky", "skies", "dying", "news", "innings", "howe", "exceed", "canning"]

closeness = []
for _ in range(100):
    expected = round(random.uniform(-50, 50), random.randint(0, 4))
    answer = round(expected + random.choice([0, 0.01, -0.1, 1, 0.5]) * random.choice([1, 1, 2]), 4)
    absolute, relative = random.choice([(0, 0), (0.1, 0), (0, 0.02), (0.5, 0.001)])
    # A distance exactly at the tolerance depends on the last bit: leave it out.
    reach = max(absolute, relative * max(abs(answer), abs(expected)))
    if reach == 0 or abs(abs(answer - expected) - reach) > 1e-9:
        closeness.append([answer, expected, absolute, relative, int(math.isclose(answer, expected, rel_tol=relative, abs_tol=absolute))])

pairs = [make_pair(number) for number in range(200)]
lines = lambda rows: "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows) + "\n]"
body = {
    "pairs": lines(pairs),
    "rankings": lines([make_ranking(number) for number in range(200)]),
    "closeness": json.dumps(closeness),
    "stems": json.dumps([" ".join([word, stemmer.stem(word)]) for word in vocabulary]),
}
Path(__file__).with_name("metrics.json").write_text("{" + ",\n".join(f'"{name}":{text}' for name, text in body.items()) + "}\n")
