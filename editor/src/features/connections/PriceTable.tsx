import clsx from 'clsx';
import { Plus } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { fieldsOf, type FormErrors } from '../../ui/forms/use-form.js';
import type { PriceDraft } from './connection-draft.js';
import { NumberField, TextField } from '../../ui/fields/FormFields.js';
import styles from './connections.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const today = (): string => new Date().toISOString().slice(0, 10);

/** Prices of the connection's models, with the date they were looked up. */
export function PriceTable({
  value: prices,
  names,
  errors,
  onChange,
}: {
  readonly value: readonly PriceDraft[];
  readonly names: readonly string[];
  readonly errors: FormErrors;
  readonly onChange: (prices: readonly PriceDraft[]) => void;
}): ReactElement {
  const list = useId();
  return (
    <fieldset className="sheet-part">
      <legend>Prices</legend>
      <p className="quiet">
        Price per million tokens, and for rerankers that count searches, per thousand searches. A name that ends in *
        applies to every model with that prefix. Without a price, a call has no cost, budgets in money do not count it,
        and policies cannot limit its price.
      </p>
      {prices.length === 0 ? null : (
        <div className="table-frame">
          <table className={clsx('table', styles['table-inputs'])}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Input</th>
                <th scope="col">Cached input</th>
                <th scope="col">Cache write</th>
                <th scope="col">Output</th>
                <th scope="col">1,000 searches</th>
                <th scope="col">Currency</th>
                <th scope="col">As of</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {prices.map((price, index) => {
                const field = fieldsOf(price, (next) => onChange(prices.with(index, next)));
                const cell = <Name extends keyof PriceDraft>(name: Name, title: string) => ({
                  ...field(name),
                  title: `${title} of ${price.model === '' ? `price ${index + 1}` : price.model}`,
                  isTitleHidden: true,
                  error: errors[`prices.${index}.${name}`],
                });
                return (
                  // Rows have no id of their own, and their index does not change while a person types.
                  <tr key={index}>
                    <td className={styles['cell-wide']}>
                      <TextField {...cell('model', 'Model')} list={list} />
                    </td>
                    <td>
                      <NumberField {...cell('inputPerMillion', 'Input')} />
                    </td>
                    <td>
                      <NumberField {...cell('cachedPerMillion', 'Cached input')} />
                    </td>
                    <td>
                      <NumberField {...cell('cacheWritePerMillion', 'Cache write')} />
                    </td>
                    <td>
                      <NumberField {...cell('outputPerMillion', 'Output')} />
                    </td>
                    <td>
                      <NumberField {...cell('perThousandSearches', '1,000 searches')} />
                    </td>
                    <td className={styles['cell-narrow']}>
                      <TextField {...cell('currency', 'Currency')} />
                    </td>
                    <td>
                      <TextField {...cell('asOf', 'As of')} type="date" />
                    </td>
                    <td>
                      <RemoveButton
                        label={`Remove the price of ${price.model === '' ? `row ${index + 1}` : price.model}`}
                        onClick={() => onChange(prices.filter((_, at) => at !== index))}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <datalist id={list}>
        {[...new Set(names)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button
        type="button"
        className="button sheet-add"
        onClick={() =>
          onChange([
            ...prices,
            {
              model: '',
              inputPerMillion: undefined,
              outputPerMillion: undefined,
              cachedPerMillion: undefined,
              cacheWritePerMillion: undefined,
              perThousandSearches: undefined,
              currency: prices.at(-1)?.currency ?? 'USD',
              asOf: today(),
            },
          ])
        }
      >
        <Plus size={15} aria-hidden /> Add price
      </button>
    </fieldset>
  );
}
