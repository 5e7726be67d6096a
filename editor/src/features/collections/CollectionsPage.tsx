import { LibraryBig, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { useGet } from '../../data/queries/use-get.js';
import { CollectionList } from './CollectionList.js';
import { Section } from '../../ui/states/Section.js';
import { CreateCollection } from './CreateCollection.js';
import { storeTitles } from './settings/store-titles.js';

/** The list of collections, with a button that creates one. */
export function CollectionsPage(): ReactElement {
  const { value, ...loading } = useGet('/api/collections', {});
  const unreachable = value?.unreachable ?? [];
  const [isCreating, setCreating] = useState(false);
  const create = (
    <IfMay permission="collection:write">
      <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
        <Plus size={15} aria-hidden /> New collection
      </button>
    </IfMay>
  );
  const isEmpty = value?.collections.length === 0 && unreachable.length === 0;
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Collections</h1>
          {isEmpty ? null : create}
        </header>
        {unreachable.map(({ store, message }) => (
          <div key={store} className="failure" role="alert">
            <p className="failure-title">{`Collections in ${storeTitles[store]} are missing here`}</p>
            <p>{message}</p>
          </div>
        ))}
        <Section
          title="Documents that workflows search"
          loaded={{ ...loading, value: value?.collections }}
          empty={
            unreachable.length > 0 ? (
              <p className="quiet">No collections in the stores that answer.</p>
            ) : (
              <EmptyState
                Icon={LibraryBig}
                action={create}
                example={
                  <Link href={templatesPath('ask-the-handbook')} className="text-link">
                    See a workflow that searches one
                  </Link>
                }
              >
                No collections yet. A collection holds documents, split into passages with an embedding each. Create
                one, drop files or folders on it, and try a search here before a workflow uses it.
              </EmptyState>
            )
          }
        >
          {(list) => <CollectionList collections={list} />}
        </Section>
      </div>
      {isCreating ? <CreateCollection onClose={() => setCreating(false)} /> : null}
    </main>
  );
}
