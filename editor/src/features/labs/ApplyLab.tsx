import type { Lab, LabScore } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { describeSplitter } from '../collections/index.js';
import { searchText } from './lab-text.js';

/** Makes the index of a configuration beside the serving index, and shows the settings of its search. */
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
  const found = report.comparisons?.find((one) => one.number === number);
  const title = `Apply number ${number}`;
  const hint = (
    <>
      {found?.verdict === 'better' ? null : (
        <p>It is not proved better than the collection as it is on these questions.</p>
      )}
      <p>
        Its search is <strong>{searchText(search)}</strong>
        {JSON.stringify(search) === JSON.stringify(now?.search)
          ? ', which nodes use without settings.'
          : '. Set mode, weight and diversity in the Retrieve nodes of your workflows.'}
      </p>
    </>
  );
  if (JSON.stringify(index) === JSON.stringify(now?.index))
    return (
      <Dialog title={title} onClose={onClose}>
        <div className="dialog-form">
          <p>It uses the index that the collection has: no new one is needed.</p>
          {hint}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
          </div>
        </div>
      </Dialog>
    );
  const { collection: name } = request;
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
      </div>
    </Confirm>
  );
}
