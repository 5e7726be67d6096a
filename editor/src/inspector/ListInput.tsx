import { ArrowUp, Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { emptyValue } from './schema-field.js';
import type { FieldProps, InputShared } from './field-props.js';

/** A list: add, remove, move up. */
export function ListInput({ field, value, path, issues, isReadOnly, onChange, Field }: FieldProps<'list'> & InputShared): ReactElement {
  const items: readonly unknown[] = Array.isArray(value) ? value : Array.isArray(field.standard) ? field.standard : [];
  const replace = (index: number, ...next: unknown[]): void => onChange(items.toSpliced(index, 1, ...next));
  const one = field.title.replace(/s$/, '').toLowerCase();
  return (
    <div className="list-field">
      {items.map((item, index) => (
        <div className="list-item" key={index}>
          <div className="list-item-tools">
            <span className="quiet figure">{index + 1}</span>
            {isReadOnly ? null : (
              <>
                <button type="button" className="icon-button" disabled={index === 0} aria-label={`Move ${one} ${index + 1} up`} onClick={() => onChange(items.toSpliced(index, 1).toSpliced(index - 1, 0, item))}>
                  <ArrowUp size={14} aria-hidden />
                </button>
                <button type="button" className="icon-button" aria-label={`Remove ${one} ${index + 1}`} onClick={() => replace(index)}>
                  <Trash2 size={14} aria-hidden />
                </button>
              </>
            )}
          </div>
          <Field field={titled(field.item, `${field.title} ${index + 1}`)} value={item} path={`${path}.${index}`} issues={issues} isReadOnly={isReadOnly} onChange={(next) => replace(index, next ?? emptyValue(field.item))} />
        </div>
      ))}
      {isReadOnly || (field.most !== undefined && items.length >= field.most) ? null : (
        <button type="button" className="button button-small" onClick={() => onChange([...items, emptyValue(field.item)])}>
          <Plus size={14} aria-hidden /> Add {one}
        </button>
      )}
    </div>
  );
}

function titled<Field extends { readonly title: string }>(field: Field, title: string): Field {
  return field.title === '' ? { ...field, title } : field;
}
