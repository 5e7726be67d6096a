/** As much of a browser's storage as the editor asks for. */
export type KeptValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** What lasts as long as the page, for browsers whose settings forbid more: there, already asking for the storage throws. */
function valuesOfThisPage(): KeptValues {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

const instead = { local: valuesOfThisPage(), session: valuesOfThisPage() };

/** What this browser keeps from visit to visit. Whoever writes still expects that there may be no room. */
export function localValues(): KeptValues {
  return readable(() => localStorage) ?? instead.local;
}

/** What this tab keeps over a reload. */
export function sessionValues(): KeptValues {
  return readable(() => sessionStorage) ?? instead.session;
}

function readable(get: () => Storage): Storage | undefined {
  try {
    const storage = get();
    storage.getItem('heddle');
    return storage;
  } catch {
    return undefined; // Its settings forbid it, or this is no browser.
  }
}
