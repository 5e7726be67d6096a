import { useState, type ReactElement } from 'react';
import { emptyShape, readShape, writeShape } from './schema-rows.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { JsonInput } from './JsonInput.js';
import { SchemaFields } from './SchemaFields.js';
import styles from '../inspector.module.css';

/** A field for a JSON schema. It shows fields if they can represent the whole schema, and JSON otherwise or if the user prefers it. */
export function SchemaInput(props: FieldProps<'json'> & InputShared): ReactElement {
  const { value, isReadOnly, onChange, id, describedBy } = props;
  const [wantsJson, setWantsJson] = useState(false);
  const shape = value === undefined ? emptyShape('object') : readShape(value);
  const isShowable = shape?.type === 'object';
  const isFields = isShowable && !wantsJson;
  return (
    <div className={styles['schema']} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {isFields ? (
        <SchemaFields
          shape={shape}
          depth={0}
          path=""
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(next.fields.length === 0 ? undefined : writeShape(next))}
        />
      ) : (
        <JsonInput {...props} />
      )}
      <p className="small-text">
        {isShowable ? (
          <button type="button" className="text-button" onClick={() => setWantsJson((before) => !before)}>
            {isFields ? 'Edit as JSON' : 'Edit as fields'}
          </button>
        ) : (
          <span className="quiet">Fields cannot show this schema.</span>
        )}
      </p>
    </div>
  );
}
