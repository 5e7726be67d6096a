import { useMemo, useState, type ReactElement } from 'react';
import { buttonForm, readAnswer } from './answer-fields.js';
import { TextField } from '../fields/FormFields.js';
import { FieldList } from '../schema-form/FieldList.js';
import type { DraftInUse } from './answer-draft.js';

/** Answer buttons, with further fields and a reason. */
export function ButtonAnswer({
  schema,
  buttons,
  draft: { values, setValue, reason, setReason },
  isSending,
  onSend,
}: {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly buttons: readonly { readonly id: string; readonly title: string }[];
  readonly draft: DraftInUse;
  readonly isSending: boolean;
  readonly onSend: (value: unknown, reason: string) => void;
}): ReactElement {
  const { fields, bound } = useMemo(() => buttonForm(schema), [schema]);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const choose = (choice: string): void => {
    const answer = fields.length === 0 ? ({ ok: true, value: {} } as const) : readAnswer(fields, values);
    setErrors(answer.ok ? {} : answer.errors);
    if (answer.ok) onSend({ ...Object(answer.value), ...bound, choice }, reason);
  };
  return (
    <div className="grid gap-10">
      <FieldList fields={fields} values={values} errors={errors} onChange={setValue} />
      <TextField
        title="Reason"
        beside={<span className="quiet"> optional, recorded in the audit log</span>}
        value={reason}
        onChange={setReason}
      />
      <div className="request-actions">
        {buttons.map((button, index) => (
          <button
            key={button.id}
            type="button"
            className={index === 0 ? 'button button-primary' : 'button'}
            disabled={isSending}
            onClick={() => choose(button.id)}
          >
            {button.title}
          </button>
        ))}
      </div>
    </div>
  );
}
