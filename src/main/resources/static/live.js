// Follows what happens: one event stream per browser, shared by its tabs, and after a hint only the
// parts of the page that changed are exchanged.
(() => {
  const fragments = () => [...document.querySelectorAll('[data-live][id]')];
  if (!('signedIn' in document.body.dataset)) return;

  const mark = (state) => { document.documentElement.dataset.stream = state; };
  let waiting = null;
  let running = false;
  let dirty = false;
  let last = 0;
  let due = 0;

  const concerns = (element, hints) => element.dataset.live.split(' ').some((wish) =>
    hints.some((hint) => hint === '*' || hint === wish || hint.startsWith(wish + ':')
      || (wish.includes(':') && hint === wish.split(':')[0])));

  let heard = 0;
  const hear = (data) => {
    heard = Date.now();
    const hints = data.split(' ');
    document.dispatchEvent(new CustomEvent('fettle:changed', {detail: hints}));
    const stale = fragments().filter((f) => concerns(f, hints));
    if (stale.length) soon(Math.min(...stale.map((f) => Number(f.dataset.pace) || 900)));
  };

  // A list says by data-pace how often at most it is asked for; a hidden page is not asked for at all.
  const soon = (pace) => {
    const at = Math.max(Date.now() + 120, last + pace);
    due = dirty ? Math.min(due, at) : at;
    dirty = true;
    if (document.hidden || running) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (!document.hidden) refresh(); }, due - Date.now());
  };

  const busy = (element) => {
    const at = document.activeElement;
    return (element.contains(at) && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))
      || element.querySelector('dialog[open], [data-editing]') !== null
      || (element.contains(getSelection().anchorNode) && !getSelection().isCollapsed);
  };

  const exchange = (fresh) => {
    for (const old of fragments()) {
      const next = fresh.getElementById(old.id);
      if (!next || busy(old) || old.dataset.html === next.outerHTML) continue;
      const opened = [...old.querySelectorAll('details[open][id]')].map((d) => d.id);
      const current = old.querySelector('.is-cur a')?.href;
      const focused = old.contains(document.activeElement) && document.activeElement.id;
      const html = next.outerHTML;
      const node = document.importNode(next, true);
      node.dataset.html = html;
      old.replaceWith(node);
      opened.forEach((id) => document.getElementById(id)?.setAttribute('open', ''));
      if (focused) document.getElementById(focused)?.focus();
      if (current) [...node.querySelectorAll('[data-row]')]
        .find((row) => row.querySelector('a')?.href === current)?.classList.add('is-cur');
      window.htmx?.process(node);
      document.dispatchEvent(new CustomEvent('fettle:fresh', {detail: node}));
    }
  };

  // An open page stays as it was while the database is away, and says so.
  const outage = (why) => {
    const banner = document.getElementById('f-out');
    if (!banner || document.querySelector('[data-status="503"]')) return;
    banner.textContent = why || '';
    banner.hidden = !why;
  };

  const refresh = async () => {
    running = true;
    dirty = false;
    last = Date.now();
    try {
      const answer = await fetch(location.href, {headers: {'Accept': 'text/html'}, redirect: 'manual'});
      if (answer.type === 'opaqueredirect' || answer.status === 401) { location.reload(); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (answer.ok && document.querySelector('[data-status="503"]')) { location.reload(); return; }
      if (answer.ok) exchange(fresh);
      outage(answer.status === 503 ? fresh.querySelector('h1')?.textContent : '');
    } catch { mark('lost'); }
    running = false;
    if (dirty) soon(due - last);
  };

  document.addEventListener('visibilitychange', () => { if (!document.hidden && dirty) soon(due - last); });

  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('fettle-live') : null;
  const tell = (kind, data) => channel?.postMessage({kind, data});
  if (channel) channel.onmessage = ({data}) => {
    if (data.kind === 'changed') hear(data.data);
    if (data.kind === 'stream') mark(data.data);
    if (data.kind === 'heard' && data.data > performance.timeOrigin - 500) hear('*');
    if (data.kind === 'ask' && stream) {
      tell('stream', document.documentElement.dataset.stream);
      tell('heard', heard);
    }
  };

  let stream = null;
  const listen = () => new Promise((done) => {
    let lost = false;
    const open = () => {
      // What changed between the making of this page and the opening of the stream is told at once.
      stream = new EventSource('/live?since=' + encodeURIComponent(document.body.dataset.now));
      stream.onopen = () => {
        mark('open'); tell('stream', 'open');
        if (lost) { lost = false; hear('*'); tell('changed', '*'); }
      };
      stream.onerror = () => {
        lost = true; mark('lost'); tell('stream', 'lost');
        if (stream.readyState === EventSource.CLOSED) setTimeout(open, 10000);
      };
      stream.addEventListener('changed', ({data}) => { hear(data); tell('changed', data); });
    };
    open();
    addEventListener('pagehide', () => { stream.close(); done(); }, {once: true});
  });

  const start = () => {
    if (channel && navigator.locks) {
      tell('ask');
      navigator.locks.request('fettle-live', listen);
    } else listen();
  };
  start();
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
})();
