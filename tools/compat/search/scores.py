"""Prints the scores that bm25s and a brute-force comparison give: for each question those of its best passages."""
import json
import sys

import bm25s
import numpy

MOST = 20

given = json.load(open(sys.argv[1], encoding="utf-8"))
vectors = numpy.fromfile(sys.argv[2], dtype="<f4").reshape(-1, given["dimensions"]).astype(numpy.float64)
asked = numpy.fromfile(sys.argv[3], dtype="<f4").reshape(-1, given["dimensions"]).astype(numpy.float64)


def best(scores, least):
    order = numpy.argsort(-scores, kind="stable")[:MOST]
    return [[int(at), float(scores[at])] for at in order if scores[at] > least]


# The customary numerator with k1 + 1 is bm25s's "atire", the logarithm that is never negative is its "lucene".
index = bm25s.BM25(k1=given["k1"], b=given["b"], method="atire", idf_method="lucene", dtype="float64")
index.index(given["passages"], show_progress=False)
lexical = [best(index.get_scores(terms), 0) for terms in given["questions"]]

vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
asked /= numpy.linalg.norm(asked, axis=1, keepdims=True)
dense = [best(vectors @ one, -2) for one in asked]
json.dump({"lexical": lexical, "dense": dense}, sys.stdout)
