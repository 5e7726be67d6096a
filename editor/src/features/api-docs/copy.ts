/** Makes every copy button on the page copy the text of its target and confirm it. */
export function enableCopying(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener('click', () => {
      const text = page.getElementById(button.dataset['copy'] ?? '')?.textContent ?? '';
      void navigator.clipboard.writeText(text).then(
        () => showBriefly(button, 'Copied', label),
        () => showBriefly(button, 'Not allowed', label),
      );
    });
  }
}

function showBriefly(button: HTMLButtonElement, text: string, after: string): void {
  button.textContent = text;
  setTimeout(() => (button.textContent = after), 1500);
}
