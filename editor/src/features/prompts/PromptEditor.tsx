import { promptText, PromptContent, variablesOfPrompt, type PromptReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useMay } from '../../data/access/me-store.js';
import { useAction } from '../../data/queries/use-action.js';
import { LeaveGuard } from '../../ui/dialogs/LeaveGuard.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { Notice } from '../../ui/states/Notice.js';
import { ContentFields } from './ContentFields.js';
import { variableText } from './prompt-text.js';
import { WordDiff } from './WordDiff.js';
import styles from './prompts.module.css';

/** The editor for the text of a prompt. Saving creates a version. If someone else has saved in the meantime, both texts are compared. */
export function PromptEditor({
  prompt,
  content,
  onChange,
  onSaved,
}: {
  readonly prompt: PromptReply;
  readonly content: PromptContent;
  readonly onChange: (content: PromptContent) => void;
  readonly onSaved: () => void;
}): ReactElement {
  const { id, newest } = prompt;
  const [base, setBase] = useState(newest.version);
  const [note, setNote] = useState('');
  const action = useAction();
  const isReadOnly = !useMay('workflow:write');
  const read = PromptContent.safeParse(content);
  const isChanged = promptText(content) !== promptText(newest.content);
  const isBehind = base !== newest.version && isChanged;
  const save = async (): Promise<void> => {
    const path = { id };
    try {
      const saved = await client.POST('/api/prompts/{id}/versions', {
        params: { path },
        body: { content, note, base },
      });
      setBase(saved.version);
      setNote('');
    } finally {
      // Also after a conflict, so that the newest version is shown beside this one.
      onSaved();
    }
  };
  return (
    <section className="section stack" aria-label="Text">
      <LeaveGuard isChanged={isChanged && !isReadOnly} what="prompt" />
      <ContentFields content={content} isReadOnly={isReadOnly} onChange={onChange} />
      {read.success ? (
        <p className="quiet">
          {variablesOfPrompt(content).length === 0 ? 'No variables' : 'Variables: '}
          <span className="mono">{variablesOfPrompt(content).map(variableText).join(', ')}</span>
        </p>
      ) : (
        <p className="field-error" role="status">
          {read.error.issues[0]?.message}
        </p>
      )}
      {isBehind ? (
        <div className="failure" role="alert">
          <p className="failure-title">
            Version {newest.version} was saved meanwhile by {newest.who}
          </p>
          <p>Your text stays above. The differences from version {newest.version}:</p>
          <WordDiff before={promptText(newest.content)} after={promptText(content)} />
          <div className="aligned-wrapped gap-4">
            <button type="button" className="button" onClick={() => setBase(newest.version)}>
              Keep my text
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                setBase(newest.version);
                onChange(newest.content);
              }}
            >
              Take version {newest.version}
            </button>
          </div>
        </div>
      ) : null}
      {action.error === undefined || isBehind ? null : <Notice error={action.error} />}
      {isReadOnly ? null : (
        <form
          className={styles['prompt-save']}
          onSubmit={(event) => {
            event.preventDefault();
            action.run(save);
          }}
        >
          <TextField
            title="What changed"
            isTitleHidden
            placeholder="What changed"
            value={note}
            maxLength={500}
            onChange={setNote}
          />
          <button
            type="submit"
            className="button button-primary"
            disabled={!isChanged || !read.success || isBehind || action.isBusy}
          >
            Save version {newest.version + 1}
          </button>
        </form>
      )}
    </section>
  );
}
