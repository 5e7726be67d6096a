import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';

interface StepperProps {
  /** What is counted, such as `iteration` or `item`. */
  readonly what: string;
  /** Counts from 0. */
  readonly index: number;
  readonly count: number;
  readonly onChange: (index: number) => void;
}

/** Chooses one of many: "iteration 3 of 7" with buttons for the previous and next one, and a field for the number. */
export function Stepper({ what, index, count, onChange }: StepperProps): ReactElement {
  const go = (next: number): void => {
    if (Number.isInteger(next) && next >= 0 && next < count && next !== index) onChange(next);
  };
  return (
    <span className="stepper aligned-inline nodrag" role="group" aria-label={`${what} ${index + 1} of ${count}`}>
      <button
        type="button"
        className="stepper-button bare-text-button centred-inline"
        aria-label={`Previous ${what}`}
        disabled={index === 0}
        onClick={() => go(index - 1)}
      >
        <ChevronLeft size={14} aria-hidden />
      </button>
      <label className="stepper-number aligned-inline figure">
        <span className="stepper-word">{what}</span>
        <input
          key={index}
          defaultValue={index + 1}
          inputMode="numeric"
          size={String(count).length}
          aria-label={`${what}, 1 to ${count}`}
          onFocus={(event) => event.target.select()}
          onBlur={(event) => go(Number(event.target.value) - 1)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter') go(Number(event.currentTarget.value) - 1);
          }}
        />
        <span>of {count}</span>
      </label>
      <button
        type="button"
        className="stepper-button bare-text-button centred-inline"
        aria-label={`Next ${what}`}
        disabled={index >= count - 1}
        onClick={() => go(index + 1)}
      >
        <ChevronRight size={14} aria-hidden />
      </button>
    </span>
  );
}
