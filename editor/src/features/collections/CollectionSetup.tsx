import { useState, type ReactElement } from 'react';
import { AddDocuments } from './AddDocuments.js';
import { CreateCollection } from './CreateCollection.js';

/** A collection by its name, with the title that people see. */
interface NamedCollection {
  readonly name: string;
  readonly title: string;
}

/** Creates a collection if none is given, then imports files into it, without leaving the page. */
export function CollectionSetup({
  collection,
  onCreated,
  onClose,
}: {
  readonly collection: NamedCollection | undefined;
  readonly onCreated: (name: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [created, setCreated] = useState(collection);
  if (created !== undefined) return <AddDocuments {...created} onClose={onClose} />;
  return (
    <CreateCollection
      onCreated={(made) => {
        setCreated(made);
        onCreated(made.name);
      }}
      onClose={onClose}
    />
  );
}
