import type { PromptContent, PromptMessage } from '@heddle/core';
import { Plus, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { LinesField } from '../../ui/fields/FormFields.js';
import styles from './prompts.module.css';

const roleText: Readonly<Record<PromptMessage['role'], string>> = {
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
};

const rowsOf = (text: string): number => Math.min(24, Math.max(3, text.split('\n').length + 1));

/** The fields for the content of a prompt: its text, or the messages of a chat. */
export function ContentFields({
  content,
  isReadOnly,
  onChange,
}: {
  readonly content: PromptContent;
  readonly isReadOnly: boolean;
  readonly onChange: (content: PromptContent) => void;
}): ReactElement {
  if (content.kind === 'text')
    return (
      <LinesField
        title="Text"
        isCode
        value={content.text}
        rows={rowsOf(content.text)}
        isReadOnly={isReadOnly}
        help="{{ name }} inserts a value, {{ note? }} may be missing."
        onChange={(text) => onChange({ kind: 'text', text })}
      />
    );
  const { messages } = content;
  const set = (next: readonly PromptMessage[]): void => onChange({ kind: 'chat', messages: [...next] });
  const hasSystem = messages[0]?.role === 'system';
  return (
    <div className="stack gap-8">
      {messages.map(({ role, content: text }, index) => (
        <div key={index} className={styles['prompt-message']}>
          <LinesField
            title={index === messages.length - 1 ? 'User: the message' : roleText[role]}
            isCode
            value={text}
            rows={rowsOf(text)}
            isReadOnly={isReadOnly}
            onChange={(next) =>
              set(messages.map((message, at) => (at === index ? { ...message, content: next } : message)))
            }
          />
          {isReadOnly || index === messages.length - 1 ? null : (
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove message ${index + 1} (${roleText[role]})`}
              onClick={() => set(messages.filter((_message, at) => at !== index))}
            >
              <X size={15} aria-hidden />
            </button>
          )}
        </div>
      ))}
      {isReadOnly ? null : (
        <div className="aligned-wrapped gap-4">
          {hasSystem ? null : (
            <AddButton text="System prompt" onAdd={() => set([{ role: 'system', content: '' }, ...messages])} />
          )}
          <AddButton
            text="Example"
            onAdd={() =>
              set([
                ...messages.slice(0, -1),
                { role: 'user', content: '' },
                { role: 'assistant', content: '' },
                ...messages.slice(-1),
              ])
            }
          />
        </div>
      )}
    </div>
  );
}

function AddButton({ text, onAdd }: { readonly text: string; readonly onAdd: () => void }): ReactElement {
  return (
    <button type="button" className="text-button" onClick={onAdd}>
      <Plus size={14} aria-hidden /> {text}
    </button>
  );
}
