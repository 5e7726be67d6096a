import clsx from 'clsx';
import { newestLabel, promptReferenceText, promptText, type ListedPrompt, type PromptReference } from '@heddle/core';
import { Unlink } from 'lucide-react';
import { useCallback, type ReactElement } from 'react';
import { useAction } from '../../data/queries/use-action.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { withoutPrompt, withPrompt } from './link-prompt.js';
import type { PromptFieldProps } from './prompt-field-props.js';
import { readVersion, usePrompts, versionOf } from './use-prompts.js';
import styles from './prompts.module.css';

/** The prompt that a field uses: its current text, and the label or version that the draft follows. */
export function LinkedPrompt({
  node,
  field: { name: field, title },
  issues,
  isReadOnly,
  reference,
  onChange,
}: PromptFieldProps & { readonly reference: PromptReference }): ReactElement {
  const prompts = usePrompts();
  const prompt = prompts.value?.find(({ name }) => name === reference.prompt);
  const shown = isReadOnly ? reference.version : undefined;
  const version = shown ?? (prompt === undefined ? undefined : versionOf(prompt, reference));
  const text = useText(prompt?.id, version);
  const action = useAction();
  const fill = (next: PromptReference | undefined): void =>
    action.run(async () => {
      const at = next ?? reference;
      const number = prompt === undefined ? undefined : versionOf(prompt, at);
      const content =
        prompt === undefined || number === undefined ? undefined : (await readVersion(prompt.id, number)).content;
      onChange((before) => {
        const filled = content === undefined ? before : withPrompt(before, field, at, content);
        return next === undefined ? withoutPrompt(filled, field) : filled;
      });
    });
  const own = node.config[field];
  return (
    <div className="field" data-field={field} role="group" aria-label={title}>
      <span className="field-label">{title}</span>
      <div className="aligned-wrapped gap-4">
        {prompt === undefined ? (
          <span className="mono">{promptReferenceText(reference)}</span>
        ) : (
          <Link href={qualityPath('prompts', prompt.id)} className="truncate" data-tip={prompt.name}>
            {prompt.title === '' ? prompt.name : prompt.title}
          </Link>
        )}
        {prompt === undefined || isReadOnly ? null : (
          <Follow prompt={prompt} reference={reference} onFollow={(next) => fill(next)} />
        )}
        {isReadOnly ? null : (
          <button type="button" className="text-button" disabled={action.isBusy} onClick={() => fill(undefined)}>
            <Unlink size={14} aria-hidden /> Detach
          </button>
        )}
      </div>
      <pre className={clsx(styles['prompt-preview'], 'mono')} dir="auto" tabIndex={0} aria-label={`Text of ${title}`}>
        {text ?? (typeof own === 'string' ? own : '')}
      </pre>
      <p className="field-help">
        {isReadOnly
          ? promptReferenceText(reference)
          : 'From the library. A published version keeps the text that it was published with.'}
      </p>
      {issues
        .filter((issue) => issue.field === field)
        .map(({ message, fix = '', severity }) => (
          <p key={message} className={severity === 'error' ? 'field-error' : 'field-help'}>
            {message} {fix}
          </p>
        ))}
      {action.error === undefined ? null : <Notice error={action.error} />}
    </div>
  );
}

/** Chooses the label or version that the draft follows. */
function Follow({
  prompt,
  reference,
  onFollow,
}: {
  readonly prompt: ListedPrompt;
  readonly reference: PromptReference;
  readonly onFollow: (reference: PromptReference) => void;
}): ReactElement {
  const labels = [newestLabel, ...Object.keys(prompt.labels)];
  const versions = Array.from({ length: prompt.version }, (_none, index) => prompt.version - index);
  const value = reference.label ?? String(reference.version ?? newestLabel);
  const isKnown = labels.includes(value) || versions.some((version) => String(version) === value);
  return (
    <select
      aria-label="Label or version"
      value={value}
      onChange={({ target }) => {
        const number = /^\d+$/.test(target.value) ? Number(target.value) : undefined;
        const of = number === undefined ? { label: target.value } : { version: number };
        onFollow({ prompt: prompt.name, ...of });
      }}
    >
      {isKnown ? null : <option value={value}>{value} (missing)</option>}
      <optgroup label="Follows a label">
        {labels.map((label) => (
          <option key={label} value={label}>
            {label} ({versionOf(prompt, { prompt: prompt.name, label })})
          </option>
        ))}
      </optgroup>
      <optgroup label="Stays at a version">
        {versions.map((version) => (
          <option key={version} value={version}>
            version {version}
          </option>
        ))}
      </optgroup>
    </select>
  );
}

/** The text of a version; undefined until it is loaded. */
function useText(id: string | undefined, version: number | undefined): string | undefined {
  const load = useCallback(
    async () =>
      id === undefined || version === undefined ? undefined : promptText((await readVersion(id, version)).content),
    [id, version],
  );
  return useLoaded(load).value;
}
