import type { ListedPrompt, PromptContent } from '@heddle/core';
import { BookText } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useAction } from '../../data/queries/use-action.js';
import { Picker } from '../../ui/dialogs/Picker.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';
import { LinkedPrompt } from './LinkedPrompt.js';
import { contentOfField, withPrompt } from './link-prompt.js';
import { NewPrompt } from './NewPrompt.js';
import type { PromptFieldProps } from './prompt-field-props.js';
import { promptFacts } from './prompt-text.js';
import { readVersion, usePrompts } from './use-prompts.js';

/** The label that a new reference follows if the prompt has it. */
const usualLabel = 'production';

/**
 * Lets a field use a prompt of the library instead of its own text. The user can choose a prompt, change the version that is followed,
 * detach the prompt, or save the text as a prompt.
 */
export function PromptField(props: PromptFieldProps): ReactElement {
  const reference = props.node.prompts?.[props.field.name];
  if (reference !== undefined) return <LinkedPrompt {...props} reference={reference} />;
  return (
    <>
      {props.children}
      {props.isReadOnly ? null : <Offers {...props} />}
    </>
  );
}

function Offers({ node, field: { name: field, standard }, accepts, onChange }: PromptFieldProps): ReactElement {
  const [isChoosing, setChoosing] = useState(false);
  const [saved, setSaved] = useState<PromptContent>();
  const action = useAction();
  const use = (prompt: ListedPrompt): void => {
    setChoosing(false);
    action.run(async () => {
      const follows = Object.hasOwn(prompt.labels, usualLabel);
      const version = (follows ? prompt.labels[usualLabel] : undefined) ?? prompt.version;
      const { content } = await readVersion(prompt.id, version);
      const label = follows ? usualLabel : 'latest';
      onChange((before) => withPrompt(before, field, { prompt: prompt.name, label }, content));
    });
  };
  return (
    <div className="aligned-wrapped gap-4 small-text">
      <button type="button" className="text-button" disabled={action.isBusy} onClick={() => setChoosing(true)}>
        <BookText size={14} aria-hidden /> Use a library prompt
      </button>
      <IfMay permission="workflow:write">
        <button
          type="button"
          className="text-button"
          onClick={() => setSaved(contentOfField(node, field, accepts, standard))}
        >
          Save as library prompt
        </button>
      </IfMay>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {isChoosing ? <PromptPicker accepts={accepts} onPick={use} onClose={() => setChoosing(false)} /> : null}
      {saved === undefined ? null : (
        <NewPrompt
          content={saved}
          onClose={() => setSaved(undefined)}
          onCreated={({ name }) =>
            onChange((before) => withPrompt(before, field, { prompt: name, label: 'latest' }, saved))
          }
        />
      )}
    </div>
  );
}

function PromptPicker({
  accepts,
  onPick,
  onClose,
}: {
  readonly accepts: PromptFieldProps['accepts'];
  readonly onPick: (prompt: ListedPrompt) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { value, error } = usePrompts();
  const fitting = (value ?? []).filter(({ kind }) => kind === 'text' || accepts === 'chat');
  const itemsFor = (query: string): readonly ListedPrompt[] =>
    fitting.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(query.trim().toLowerCase()));
  const empty =
    error?.message ??
    (value === undefined
      ? 'Loading prompts…'
      : fitting.length === 0
        ? 'The library has no prompt that fits here. Make one under Quality, Prompts.'
        : 'No prompt has this name.');
  return (
    <Picker
      title="Use a library prompt"
      placeholder="Search prompts"
      itemsFor={itemsFor}
      draw={(prompt) => (
        <>
          <span>{prompt.title === '' ? prompt.name : prompt.title}</span>
          <span className="quiet"> {promptFacts(prompt)}</span>
        </>
      )}
      empty={empty}
      onPick={onPick}
      onClose={onClose}
    />
  );
}
