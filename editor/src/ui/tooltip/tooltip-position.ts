interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const gap = 6;
const margin = 4;

/**
 * Computes the corner of a tooltip: centred below its control, above it if there is no room below, beside it for controls in a column, and
 * always inside the window.
 */
export function tooltipPosition(
  control: Box,
  tooltip: Pick<Box, 'width' | 'height'>,
  page: Pick<Box, 'width' | 'height'>,
  isBeside = false,
): { readonly left: number; readonly top: number } {
  const below = control.top + control.height + gap;
  const above = control.top - gap - tooltip.height;
  const isBelow = below + tooltip.height + margin <= page.height || above < margin;
  const inside = (wanted: number, size: number, room: number): number =>
    Math.max(margin, Math.min(wanted, room - size - margin));
  const right = control.left + control.width + gap;
  if (isBeside && right + tooltip.width + margin <= page.width)
    return {
      left: right,
      top: inside(control.top + (control.height - tooltip.height) / 2, tooltip.height, page.height),
    };
  return {
    left: inside(control.left + (control.width - tooltip.width) / 2, tooltip.width, page.width),
    top: inside(isBelow ? below : above, tooltip.height, page.height),
  };
}
