import { withoutUndefined, type Lab, type LabScore, type LabSearch, type SearchSettings } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { describeSplitter } from '../collections/index.js';
import { rewriteNames, searchText } from './lab-text.js';

/** Applies a configuration of a lab: creates its index beside the live one, and sets its search in the collection. */
export function ApplyLab({
  lab: { request, report },
  score: { number, index, search },
  onClose,
}: {
  readonly lab: Lab;
  readonly score: LabScore;
  readonly onClose: () => void;
}): ReactElement {
  const [now] = report.configurations;
  const { collection: name } = request;
  const found = report.comparisons?.find((one) => one.number === number);
  const title = `Apply number ${number}`;
  // Collections have no setting for rewriting, because a node rewrites the questions.
  const { rewrite, ...settable } = search;
  const hasSearch = JSON.stringify(settable) !== JSON.stringify({ ...now?.search, rewrite: undefined });
  const hasIndex = JSON.stringify(index) !== JSON.stringify(now?.index);
  const hint =
    found?.verdict === 'better' ? null : (
      <p>It is not proved better than the collection as it is on these questions.</p>
    );
  const ofSearch = (
    <>
      <SearchPart name={name} search={settable} isNew={hasSearch} withIndex={hasIndex} onDone={onClose} />
      {rewrite === undefined ? null : (
        <p>
          Its questions are rewritten by <strong>{rewrite.model}</strong>: put a <em>Rewrite query</em> node with the
          mode <strong>{rewriteNames[rewrite.kind]}</strong> before <em>Retrieve</em>, and connect its queries.
        </p>
      )}
    </>
  );
  if (!hasIndex)
    return (
      <Dialog title={title} onClose={onClose}>
        <div className="dialog-form">
          <p>It uses the index that the collection has: no new one is needed.</p>
          {hint}
          {ofSearch}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Confirm
      title={title}
      verb="Make the new index"
      isHarmless
      onClose={onClose}
      onConfirm={async () => {
        await client.POST('/api/collections/{name}/reindex', {
          params: { path: { name } },
          body: { embedding: index.embedding, splitter: index.splitter },
        });
        navigate(collectionPath(name));
      }}
    >
      <div className="stack gap-8">
        <p>
          A new index is filled beside the one that serves “{name}”: <strong>{index.embedding}</strong>,{' '}
          {describeSplitter(index.splitter)}. You compare both before you switch, and you can go back.
        </p>
        {hint}
        {ofSearch}
      </div>
    </Confirm>
  );
}

/** Sets the search of a configuration in the collection, and offers to undo it. */
function SearchPart({
  name,
  search,
  isNew,
  withIndex,
  onDone,
}: {
  readonly name: string;
  readonly search: LabSearch;
  readonly isNew: boolean;
  readonly withIndex: boolean;
  readonly onDone: () => void;
}): ReactElement {
  const action = useAction();
  const params = { path: { name } };
  const put = (settings: SearchSettings): Promise<unknown> =>
    client.PUT('/api/collections/{name}/search-settings', { params, body: { settings } });
  const apply = (): void =>
    action.run(async () => {
      const { settings: before } = await client.GET('/api/collections/{name}/search-settings', { params });
      await put(appliedTo(before, search));
      offerUndo({
        done: 'Set',
        what: `the search of “${name}”`,
        restore: () => put(before),
        onRestored: () => undefined,
      });
      onDone();
    });
  if (!isNew)
    return (
      <p>
        Its search is <strong>{searchText(search)}</strong>, as the collection had it when the lab began.
      </p>
    );
  return (
    <>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <p>
        Its search is <strong>{searchText(search)}</strong>.{' '}
        {withIndex ? 'It was measured with the new index: set it when that index serves.' : ''} Settings of a node take
        precedence.
      </p>
      <button type="button" className="button" disabled={action.isBusy} onClick={apply}>
        Set the search of the collection
      </button>
    </>
  );
}

/** The lab did not measure adjacent passages and an unavailable reranker, so these settings stay as they were. */
function appliedTo(
  before: SearchSettings,
  { mode, weight, titleWeight, diversity, returns, graphWeight, reranker }: LabSearch,
): SearchSettings {
  const { neighbours } = before;
  const ifUnavailable = before.reranker?.ifUnavailable ?? 'fail';
  return withoutUndefined({
    mode,
    weight,
    titleWeight,
    diversity,
    neighbours,
    returns,
    graphWeight,
    reranker: reranker && { ...reranker, ifUnavailable },
  });
}
