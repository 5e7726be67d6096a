import type { ReactElement } from 'react';

/** A progress bar from 0 to 1; without a value it shows that work goes on. */
export function Progress({
  share,
  label,
}: {
  readonly share: number | undefined;
  readonly label: string;
}): ReactElement {
  const percent = share === undefined ? undefined : Math.round(share * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === undefined ? {} : { 'aria-valuenow': percent })}
      data-open={share === undefined || undefined}
    >
      <span style={{ width: `${percent ?? 30}%` }} />
    </div>
  );
}
