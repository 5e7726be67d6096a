import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language-of.js';
import { english, languages } from './languages.js';

const texts: Readonly<Record<string, string>> = {
  en: 'The warranty lasts two years from the day of the purchase. If the lamp breaks before that, we repair it or send you a new one.',
  ar: 'الضمان صالح لمدة عامين من تاريخ الشراء. إذا تعطل المصباح قبل ذلك فإننا نصلحه أو نرسل لك مصباحا جديدا على حسابنا.',
  da: 'Garantien gælder i to år fra den dag, hvor du har købt lampen. Hvis den går i stykker inden da, så reparerer vi den, eller du får en ny af os.',
  de: 'Die Garantie gilt zwei Jahre ab dem Tag des Kaufs. Wenn die Lampe vorher kaputt geht, reparieren wir sie oder schicken Ihnen eine neue.',
  el: 'Η εγγύηση ισχύει για δύο χρόνια από την ημέρα της αγοράς. Αν η λάμπα χαλάσει πριν από αυτό, θα την επισκευάσουμε ή θα σας στείλουμε μια νέα.',
  es: 'La garantía es válida durante dos años desde el día de la compra. Si la lámpara se rompe antes, la reparamos o le enviamos una nueva.',
  fi: 'Takuu on voimassa kaksi vuotta ostopäivästä. Jos lamppu menee rikki ennen sitä, me korjaamme sen tai lähetämme teille uuden, ja se on teille ilmainen.',
  fr: 'La garantie est valable deux ans à partir du jour de l’achat. Si la lampe se casse avant, nous la réparons ou nous vous en envoyons une nouvelle.',
  hu: 'A garancia a vásárlás napjától számított két évig érvényes. Ha a lámpa ez előtt elromlik, akkor megjavítjuk, vagy egy újat küldünk, és ez nem kerül semmibe.',
  id: 'Garansi ini berlaku selama dua tahun sejak hari pembelian. Jika lampu rusak sebelum itu, kami akan memperbaikinya atau mengirim yang baru untuk Anda.',
  it: 'La garanzia è valida per due anni dal giorno dell’acquisto. Se la lampada si rompe prima, la ripariamo o ve ne mandiamo una nuova.',
  nl: 'De garantie is twee jaar geldig vanaf de dag van de aankoop. Als de lamp voor die tijd stuk gaat, maken wij haar of sturen wij u een nieuwe.',
  no: 'Garantien gjelder i to år fra den dagen dere kjøpte lampen. Hvis noe blir ødelagt før den tid, skal vi ordne det selv, eller så får dere en ny av oss.',
  pt: 'A garantia é válida por dois anos a partir do dia da compra. Se a lâmpada quebrar antes disso, nós a reparamos ou enviamos uma nova para você.',
  ro: 'Garanția este valabilă doi ani din ziua în care ați cumpărat lampa. Dacă aceasta se strică înainte, o reparăm sau vă trimitem una nouă, și nu costă nimic.',
  ru: 'Гарантия действует два года со дня покупки. Если лампа сломается до этого, мы её починим или пришлём вам новую, и это не будет стоить вам ничего.',
  sv: 'Garantin gäller i två år från den dag då ni har köpt lampan. Om den går sönder innan dess så lagar vi den, eller så får ni en ny av oss.',
  tr: 'Garanti, lambanın satın alındığı günden başlayarak iki yıl için geçerlidir. Eğer lamba daha önce bozulursa onu onarırız ya da size yeni bir tane göndeririz ve bu sizin için ücretsizdir.',
};

describe('the language of a text', () => {
  it.each(Object.entries(texts))('is recognised: %s', (code, text) => {
    expect(languageOf(text).code).toBe(code);
  });

  it('has a sample above for each language', () => {
    expect(Object.keys(texts).sort()).toEqual([...languages.keys()].sort());
  });

  it('is English when no language fits', () => {
    for (const text of ['', '?!', '4711 XJ-9', '保修期为两年', 'Adult patients undergoing general anesthesia'])
      expect(languageOf(text)).toBe(english);
  });

  it('is one of the candidates', () => {
    const [german] = [languages.get('de')].filter((language) => language !== undefined);
    expect(languageOf(texts['da'] ?? '', german === undefined ? [] : [english, german])).not.toBe(languages.get('da'));
  });
});
