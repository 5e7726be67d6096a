import { Plus, Trash2 } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import type { PriceDraft } from './connection-draft.js';
import { CellInput } from './CellInput.js';

const today = (): string => new Date().toISOString().slice(0, 10);

/** What models of the connection cost, and when that was looked up. */
export function PriceTable({
  prices,
  names,
  errors,
  onChange,
}: {
  readonly prices: readonly PriceDraft[];
  /** Names of models to offer. */
  readonly names: readonly string[];
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (prices: readonly PriceDraft[]) => void;
}): ReactElement {
  const list = useId();
  const change = (at: number, part: Partial<PriceDraft>): void =>
    onChange(prices.map((price, index) => (index === at ? { ...price, ...part } : price)));
  return (
    <fieldset className="sheet-part">
      <legend>Prices</legend>
      <p className="quiet">
        Money a million tokens. A name that ends in * is for every model that begins so. Without a price a call has no
        cost, budgets in money do not see it, and policies cannot hold it to a price.
      </p>
      {prices.length === 0 ? null : (
        <div className="table-frame">
          <table className="table table-inputs">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Read</th>
                <th scope="col">Read from cache</th>
                <th scope="col">Written</th>
                <th scope="col">Currency</th>
                <th scope="col">Looked up</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {prices.map((price, index) => {
                const cell = (field: keyof PriceDraft, title: string) => ({
                  label: `${title} of ${price.model === '' ? `price ${index + 1}` : price.model}`,
                  error: errors[`prices.${index}.${field}`],
                });
                return (
                  // Rows have no name of their own: the place is what stays while one types.
                  <tr key={index}>
                    <td className="cell-wide">
                      <CellInput
                        {...cell('model', 'Model')}
                        value={price.model}
                        list={list}
                        onText={(model) => change(index, { model })}
                      />
                    </td>
                    <td>
                      <CellInput
                        {...cell('inputPerMillion', 'Read')}
                        number={price.inputPerMillion}
                        onNumber={(inputPerMillion) => change(index, { inputPerMillion })}
                      />
                    </td>
                    <td>
                      <CellInput
                        {...cell('cachedPerMillion', 'Read from cache')}
                        number={price.cachedPerMillion}
                        onNumber={(cachedPerMillion) => change(index, { cachedPerMillion })}
                      />
                    </td>
                    <td>
                      <CellInput
                        {...cell('outputPerMillion', 'Written')}
                        number={price.outputPerMillion}
                        onNumber={(outputPerMillion) => change(index, { outputPerMillion })}
                      />
                    </td>
                    <td className="cell-narrow">
                      <CellInput
                        {...cell('currency', 'Currency')}
                        value={price.currency}
                        onText={(currency) => change(index, { currency })}
                      />
                    </td>
                    <td>
                      <CellInput
                        {...cell('asOf', 'Looked up')}
                        value={price.asOf}
                        type="date"
                        onText={(asOf) => change(index, { asOf })}
                      />
                    </td>
                    <td>
                      <button
                        type="button"
                        className="icon-button"
                        aria-label={`Remove the price of ${price.model === '' ? `row ${index + 1}` : price.model}`}
                        onClick={() => onChange(prices.filter((_, at) => at !== index))}
                      >
                        <Trash2 size={15} aria-hidden />
                      </button>
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
              ...{ model: '', inputPerMillion: undefined, outputPerMillion: undefined, cachedPerMillion: undefined },
              ...{ currency: prices.at(-1)?.currency ?? 'USD', asOf: today() },
            },
          ])
        }
      >
        <Plus size={15} aria-hidden /> Add a price
      </button>
    </fieldset>
  );
}
