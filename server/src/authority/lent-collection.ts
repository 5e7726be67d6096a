import { HeddleError, type Collection, type CollectionGraph } from '@heddle/core';

/** A collection of another project, as runs of a project with a grant see it: they can search it and cannot change it. */
export function lentCollection(collection: Collection): Collection {
  const { name, destination, embedding, reranking, graph } = collection;
  const refused = (): Promise<never> =>
    Promise.reject(
      new HeddleError(
        'forbidden',
        `The collection '${name}' belongs to another project, which lets this one search it: store in a collection of your own.`,
        { details: { collection: name } },
      ),
    );
  const through = collection.through?.bind(collection);
  return {
    name,
    destination,
    embedding,
    reranking,
    through: through === undefined ? undefined : (wrap) => lentCollection(through(wrap)),
    readableBy: (names) => lentCollection(collection.readableBy(names)),
    info: () => collection.info(),
    search: (request, options) => collection.search(request, options),
    documents: (options) => collection.documents(options),
    document: (id) => collection.document(id),
    passages: (documentId) => collection.passages(documentId),
    // The owner of the collection decides how its entities are found.
    graph: graph && lentGraph(graph, refused),
    ingest: refused,
    delete: refused,
  };
}

const lentGraph = (graph: CollectionGraph, refused: () => Promise<never>): CollectionGraph => ({
  options: () => graph.options(),
  state: () => graph.state(),
  entities: (page) => graph.entities(page),
  entity: (id) => graph.entity(id),
  without: (hidden) => lentGraph(graph.without(hidden), refused),
  suggestions: refused,
  merge: refused,
  unmerge: refused,
  keepApart: refused,
  set: refused,
  estimate: refused,
  fill: refused,
});
