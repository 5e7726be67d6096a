import type { HeaderOptions } from '@heddle/core';
import type { ReactElement } from 'react';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { useModelItems } from '../../models/index.js';

/** The model that writes a header for each passage; an empty field means no headers. */
export function HeaderField({
  value,
  onChange,
}: {
  readonly value: HeaderOptions | undefined;
  readonly onChange: (header: HeaderOptions | undefined) => void;
}): ReactElement {
  const items = useModelItems('generate');
  return (
    <>
      <ComboboxField
        title="Passage headers"
        help="A model writes one or two sentences that place each passage in its document. They are searched and never shown. It is asked once for each passage, which takes time and can cost money."

        value={value?.model ?? ''}
        items={items}
        placeholder="None"
        empty="No language model has this name. For a model of a connection, enter connection/model."
        isReadOnly={false}
        onChange={(model) => onChange(model.trim() === '' ? undefined : { ...value, model: model.trim() })}
      />
      {value === undefined ? null : (
        <TextField
          title="Instructions for headers"
          value={value.instructions ?? ''}
          placeholder="Name the product and its version."
          onChange={(text) =>
            onChange(text.trim() === '' ? { model: value.model } : { model: value.model, instructions: text })
          }
        />
      )}
    </>
  );
}
