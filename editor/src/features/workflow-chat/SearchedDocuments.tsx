import type { WorkflowDocument } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { isOpenJob, useJobs } from '../../data/queries/use-topic.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath } from '../../ui/navigation/route.js';
import { describeIngest } from '../collections/index.js';
import { useDocument } from '../session/index.js';

/** The collections that the open workflow searches, with links to them and the imports that are still in progress. */
export function SearchedDocuments(): ReactElement | null {
  const document = useDocument((state) => state.document);
  const names = useMemo(() => collectionsOf(document), [document]);
  const jobs = useJobs();
  const titles = useGet('/api/collections', {}, ({ collections }) => collections);
  if (names.length === 0) return null;
  return (
    <ul className="stack gap-4 small-text">
      {names.map((name) => {
        const job = jobs.find(({ kind, subject }) => kind === 'ingest' && subject === name);
        return (
          <li key={name} className="aligned-wrapped gap-8">
            <Link href={collectionPath(name)} className="text-link">
              Documents in {titles.value?.find((one) => one.name === name)?.title ?? name}
            </Link>
            {job === undefined || !isOpenJob(job) ? null : (
              <span className="quiet" role="status">
                Importing: {describeIngest(job)}. Answers use what is imported so far.
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The names of the collections that retrieve nodes search. */
function collectionsOf(document: WorkflowDocument | undefined): readonly string[] {
  const names = Object.values(document?.nodes ?? {}).flatMap(({ type, config }) => {
    const collection = type === 'retrieve' ? config?.['collection'] : undefined;
    return typeof collection === 'string' && collection !== '' ? [collection] : [];
  });
  return [...new Set(names)];
}
