import type { PromptReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { PromptOwners } from './PromptOwners.js';
import { Playground } from './playground/Playground.js';
import { PromptEditor } from './PromptEditor.js';
import { PromptUses } from './PromptUses.js';
import { promptFacts } from './prompt-text.js';
import { VersionRows } from './VersionRows.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** A prompt with its text, versions, labels and uses, and the playground. */
export function PromptPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const prompt = useGet('/api/prompts/{id}', { params: { path: { id } } });
  if (prompt.value !== undefined) return <Opened prompt={prompt.value} tabs={tabs} again={prompt.again} />;
  if (prompt.error !== undefined)
    return (
      <NotOpened
        error={prompt.error}
        again={prompt.again}
        back={{ href: qualityPath('prompts'), name: 'All prompts' }}
      />
    );
  return (
    <PageLayout title="Prompt">
      {tabs}
      <p className="quiet">Loading…</p>
    </PageLayout>
  );
}

function Opened({
  prompt,
  tabs,
  again,
}: {
  readonly prompt: PromptReply;
  readonly tabs: ReactElement;
  readonly again: () => void;
}): ReactElement {
  const { name, title, newest } = prompt;
  const [content, setContent] = useState(newest.content);
  const [isDeleting, setDeleting] = useState(false);
  return (
    <PageLayout
      title={<span dir="auto">{title === '' ? name : title}</span>}
      actions={
        <IfMay permission="workflow:write">
          <RemoveButton label="Delete" onClick={() => setDeleting(true)} />
        </IfMay>
      }
    >
      {tabs}
      <p className="quiet figure">
        <span className="mono">{name}</span> · {promptFacts(prompt)}
      </p>
      <PromptEditor prompt={prompt} content={content} onChange={setContent} onSaved={again} />
      <Playground prompt={prompt} draft={content} />
      <VersionRows prompt={prompt} onEdit={setContent} onChanged={again} />
      <PromptUses uses={prompt.uses} />
      <PromptOwners prompt={prompt} onChanged={again} />
      {isDeleting ? <DeletePrompt prompt={prompt} onClose={() => setDeleting(false)} /> : null}
    </PageLayout>
  );
}

function DeletePrompt({
  prompt: { id, name },
  onClose,
}: {
  readonly prompt: PromptReply;
  readonly onClose: () => void;
}): ReactElement {
  const params = { path: { id } };
  const remove = async (): Promise<void> => {
    await client.DELETE('/api/prompts/{id}', { params: { ...params, query: { undo: 'true' } } });
    onClose();
    navigate(qualityPath('prompts'));
    offerUndo({
      what: `the prompt “${name}”`,
      restore: () => client.POST('/api/prompts/{id}/restore', { params }),
      onRestored: () => navigate(qualityPath('prompts', id)),
    });
  };
  return (
    <Confirm title={`Delete ${name}?`} verb="Delete prompt" onConfirm={remove} onClose={onClose}>
      <p>All its versions are deleted. Drafts that use it no longer run until they name another prompt.</p>
    </Confirm>
  );
}
