import { useState, type ReactElement } from 'react';
import { AddDocuments } from './AddDocuments.js';
import { CreateCollection } from './CreateCollection.js';

/** A collection by its name, and its title for people. */
interface NamedCollection {
  readonly name: string;
  readonly title: string;
}

/** Creates a collection where none is given, and then takes files into it, without leaving the page. */
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
