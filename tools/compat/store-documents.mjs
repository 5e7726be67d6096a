/** Makes the document of a round. The number of its passages depends on the round. */
export const documentOf = (id, round) => ({
  document: { id, title: id, mediaType: 'text/plain', hash: String(round), size: 1 },
  passages: Array.from({ length: 5 + round }, (_, at) => ({
    ...{ id: `${id}#${at}`, text: `round${round} part ${at}`, vector: Float32Array.of(1, at, round, 0) },
  })),
});
