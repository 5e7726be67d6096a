import { useMemo, useState, type ReactElement, type SyntheticEvent } from 'react';
import { answerFields, readAnswer } from './answer-fields.js';
import { FieldList } from '../schema-form/FieldList.js';
import type { DraftInUse } from './answer-draft.js';

/** The answer form with a field for each property of the schema. If the schema is a single choice with few options, one click answers. */
export function FieldAnswer({
  schema,
  draft: { values, setValue },
  isSending,
  onSend,
}: {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly draft: DraftInUse;
  readonly isSending: boolean;
  readonly onSend: (value: unknown) => void;
}): ReactElement {
  const fields = useMemo(() => answerFields(schema), [schema]);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const only = fields.length === 1 ? fields[0] : undefined;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const answer = readAnswer(fields, values);
    setErrors(answer.ok ? {} : answer.errors);
    if (answer.ok) onSend(answer.value);
  };
  const choices: readonly (readonly [string, unknown])[] =
    only?.kind === 'choice' && only.choices.length <= 4
      ? only.choices.map((choice) => [choice, choice])
      : only?.kind === 'boolean' && only.isRequired
        ? [
            [only.title === 'Answer' ? 'Yes' : only.title, true],
            ['No', false],
          ]
        : [];
  if (only !== undefined && choices.length > 0) {
    return (
      <div className="request-actions" role="group" aria-label={only.title}>
        {choices.map(([text, value], index) => (
          <button
            key={text}
            type="button"
            className={index === 0 ? 'button button-primary' : 'button'}
            disabled={isSending}
            onClick={() => onSend(only.name === '' ? value : { [only.name]: value })}
          >
            {text}
          </button>
        ))}
      </div>
    );
  }
  return (
    <form className="grid gap-10" onSubmit={submit} noValidate>
      <FieldList fields={fields} values={values} errors={errors} onChange={setValue} />
      <button type="submit" className="button button-primary" disabled={isSending}>
        {isSending ? 'Sending' : 'Answer'}
      </button>
    </form>
  );
}
