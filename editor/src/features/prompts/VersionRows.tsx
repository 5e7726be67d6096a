import { promptText, type PromptContent, type PromptReply, type PromptVersion } from '@heddle/core';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { useNames } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { LabelDialog } from './LabelDialog.js';
import { labelsOf } from './prompt-text.js';
import { WordDiff } from './WordDiff.js';

/** The versions of a prompt, newest first. Each can be compared with another one, labelled, or edited again. */
export function VersionRows({
  prompt,
  onEdit,
  onChanged,
}: {
  readonly prompt: PromptReply;
  readonly onEdit: (content: PromptContent) => void;
  readonly onChanged: () => void;
}): ReactElement {
  const [compared, setCompared] = useState<number>();
  const [labelled, setLabelled] = useState<number>();
  const edit = async (version: number): Promise<void> => {
    const path = { id: prompt.id, version: String(version) };
    onEdit((await client.GET('/api/prompts/{id}/versions/{version}', { params: { path } })).content);
  };
  return (
    <section className="section" aria-labelledby="prompt-versions">
      <h2 id="prompt-versions">Versions</h2>
      <ul className="rows">
        {prompt.versions.map((version) => (
          <VersionRow key={version.version} version={version} labels={labelsOf(prompt, version.version)}>
            {version.version === 1 ? null : (
              <RowButton title="Compare" what={`version ${version.version}`} run={() => setCompared(version.version)} />
            )}
            <IfMay permission="workflow:write">
              <RowButton title="Label" what={`version ${version.version}`} run={() => setLabelled(version.version)} />
              {version.version === prompt.version ? null : (
                <RowButton title="Edit" what={`version ${version.version}`} run={() => void edit(version.version)} />
              )}
            </IfMay>
          </VersionRow>
        ))}
      </ul>
      {compared === undefined ? null : (
        <CompareDialog prompt={prompt} to={compared} onClose={() => setCompared(undefined)} />
      )}
      {labelled === undefined ? null : (
        <LabelDialog prompt={prompt} version={labelled} onChanged={onChanged} onClose={() => setLabelled(undefined)} />
      )}
    </section>
  );
}

function VersionRow({
  version: { version, note, who, createdAt },
  labels,
  children,
}: {
  readonly version: PromptVersion;
  readonly labels: readonly string[];
  readonly children: ReactNode;
}): ReactElement {
  const now = useNow(false);
  const nameOf = useNames();
  return (
    <li className="row">
      <span className="row-main">
        <span className="row-title">
          Version {version}
          {labels.map((label) => (
            <span key={label} className="badge">
              {label}
            </span>
          ))}
        </span>
        <span className="quiet row-facts" dir="auto" data-tip={note === '' ? undefined : note}>
          {note === '' ? '' : `${note} · `}
          {nameOf(who)} · {formatAgo(createdAt, now)}
        </span>
      </span>
      {children}
    </li>
  );
}

/** Compares a version with another one, by default with the one before it. */
function CompareDialog({
  prompt: { id, versions },
  to,
  onClose,
}: {
  readonly prompt: PromptReply;
  readonly to: number;
  readonly onClose: () => void;
}): ReactElement {
  const [from, setFrom] = useState(to - 1);
  const before = useGet('/api/prompts/{id}/versions/{version}', { params: { path: { id, version: String(from) } } });
  const after = useGet('/api/prompts/{id}/versions/{version}', { params: { path: { id, version: String(to) } } });
  return (
    <Dialog title={`What changed in version ${to}`} onClose={onClose}>
      <div className="dialog-form dialog-wide">
        <SelectField
          title="Compared with"
          value={String(from)}
          choices={versions.flatMap(({ version }) =>
            version === to ? [] : [[String(version), `Version ${version}`] as const],
          )}
          onChange={(version) => setFrom(Number(version))}
        />
        <WhenLoaded loaded={before}>
          {(first) => (
            <WhenLoaded loaded={after}>
              {(second) => <WordDiff before={promptText(first.content)} after={promptText(second.content)} />}
            </WhenLoaded>
          )}
        </WhenLoaded>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  );
}
