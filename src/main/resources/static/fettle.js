// Keyboard, copying, times and small comforts. Every page works without it, by links and forms.
(() => {
  const zh = document.documentElement.lang.startsWith('zh');
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Times: relative, kept true while the page stands; the exact local time on hover.
  const span = (seconds) => {
    if (seconds < 60) return Math.floor(seconds) + (zh ? ' 秒' : ' s');
    if (seconds < 3600) return Math.floor(seconds / 60) + (zh ? ' 分钟' : ' min');
    if (seconds < 86400) return Math.floor(seconds / 3600) + (zh ? ' 小时' : ' h');
    if (seconds < 60 * 86400) return Math.floor(seconds / 86400) + (zh ? ' 天' : ' d');
    return Math.floor(seconds / (30 * 86400)) + (zh ? ' 个月' : ' months');
  };
  const relative = (seconds) => {
    if (Math.abs(seconds) < 1) return zh ? '刚刚' : 'just now';
    if (seconds < 0) return zh ? span(-seconds) + '后' : 'in ' + span(-seconds);
    return zh ? span(seconds) + '前' : span(seconds) + ' ago';
  };
  const skew = (() => {
    const served = Date.parse(document.body.dataset.now);
    return Number.isNaN(served) ? 0 : served - Date.now();
  })();
  const clock = (seconds) => Math.floor(seconds / 60) + ':' + String(Math.floor(seconds % 60)).padStart(2, '0');
  const tick = () => {
    for (const time of $$('time[datetime]')) {
      const at = Date.parse(time.dateTime);
      if (!time.dataset.exact) {
        time.dataset.exact = '1';
        time.title = new Date(at).toLocaleString(zh ? 'zh-CN' : 'en-GB', {dateStyle: 'medium', timeStyle: 'long'});
      }
      const passed = (Date.now() + skew - at) / 1000;
      let text = null;
      if (time.dataset.as === 'ago') text = relative(passed);
      if (time.dataset.as === 'since') text = clock(Math.max(0, passed));
      if (text !== null && time.textContent !== text) time.textContent = text;
    }
  };
  tick();
  setInterval(tick, 1000);

  // Copy with one click.
  const copied = (button) => {
    button.classList.add('is-done');
    say(zh ? '已复制' : 'Copied');
    setTimeout(() => button.classList.remove('is-done'), 1200);
  };
  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    copied(button);
  };
  const say = (text) => {
    const line = $('#f-say');
    if (line) { line.textContent = text; clearTimeout(say.timer); say.timer = setTimeout(() => { line.textContent = ''; }, 2500); }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy]');
    if (button) { event.preventDefault(); copy(button.dataset.copy, button); return; }
    const opener = event.target.closest('[data-dialog]');
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog)?.showModal(); return; }
    if (event.target.closest('[data-close]')) { event.target.closest('dialog')?.close(); return; }
    if (event.target.tagName === 'DIALOG') event.target.close();
    for (const menu of $$('details.f-menu[open]')) if (!menu.contains(event.target)) menu.removeAttribute('open');
  });

  // Theme: at once, and remembered by the server.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.theme === undefined) return;
    event.preventDefault();
    const root = document.documentElement;
    const next = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
    root.dataset.theme = next;
    root.dataset.bsTheme = next;
    const data = new URLSearchParams(new FormData(form));
    data.set('theme', next);
    fetch(form.action, {method: 'POST', body: data, redirect: 'manual'});
    document.dispatchEvent(new CustomEvent('fettle:theme'));
  });

  // A list pasted into the find box keeps its lines apart.
  const find = $('#f-find');
  find?.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text');
    if (!/[\r\n\t]/.test(text.trim())) return;
    event.preventDefault();
    find.value = text.trim().split(/[\s,;，；]+/).join(' ');
    find.form.requestSubmit();
  });
  find?.addEventListener('keydown', (event) => {
    const hits = $$('#f-suggest a');
    if (event.key === 'Escape') { find.blur(); $('#f-suggest').replaceChildren(); }
    if (event.key === 'ArrowDown' && hits.length) { event.preventDefault(); hits[0].focus(); }
  });
  $('#f-suggest')?.addEventListener('keydown', (event) => {
    const hits = $$('#f-suggest a');
    const at = hits.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') { event.preventDefault(); hits[Math.min(at + 1, hits.length - 1)]?.focus(); }
    if (event.key === 'ArrowUp') { event.preventDefault(); (at > 0 ? hits[at - 1] : find).focus(); }
    if (event.key === 'Escape') { find.focus(); $('#f-suggest').replaceChildren(); }
  });
  document.addEventListener('focusin', (event) => {
    if (!event.target.closest('.f-search')) $('#f-suggest')?.replaceChildren();
  });

  // Dropped and pasted files.
  const drop = $('[data-drop]');
  if (drop) {
    const input = $('input[type=file]', drop);
    for (const name of ['dragenter', 'dragover']) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add('is-over'); });
    for (const name of ['dragleave', 'drop']) drop.addEventListener(name, () => drop.classList.remove('is-over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.form.requestSubmit(); }
    });
    input.addEventListener('change', () => { if (input.files.length) input.form.requestSubmit(); });
  }

  // A file on its way shows how far it is; without script the form goes as any other.
  for (const form of $$('form[data-upload]')) form.addEventListener('submit', (event) => {
    event.preventDefault();
    const bar = $('progress', form), said = $('[data-upload-said]', form), send = new XMLHttpRequest();
    const button = $('button', form);
    const over = (words) => { said.textContent = words; bar.hidden = true; button.disabled = false; };
    button.disabled = true;
    bar.hidden = false;
    send.upload.addEventListener('progress', (step) => {
      if (!step.lengthComputable) return;
      bar.value = 100 * step.loaded / step.total;
      said.textContent = `${(step.loaded / 1048576).toFixed(1)} / ${(step.total / 1048576).toFixed(1)} MB`;
    });
    send.addEventListener('load', () => {
      if (send.status < 300) { location.assign(send.responseURL); return; }
      const page = new DOMParser().parseFromString(send.responseText, 'text/html');
      over(page.querySelector('main')?.innerText.trim() || `${send.status} ${send.statusText}`);
    });
    send.addEventListener('error', () => over('✕'));
    send.open('POST', form.action);
    send.send(new FormData(form));
  });

  // A form that was sent is not sent again by a second click.
  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented || event.target.method !== 'post') return;
    const form = event.target;
    setTimeout(() => $$('button', form).forEach((b) => { b.disabled = true; }), 0);
  });
  addEventListener('pageshow', () => $$('form button:disabled').forEach((b) => { if (!b.dataset.off) b.disabled = false; }));

  // Check all / none.
  document.addEventListener('change', (event) => {
    if (event.target.dataset.all === undefined) return;
    $$('input[type=checkbox][name=' + CSS.escape(event.target.dataset.all) + ']').forEach((box) => { box.checked = event.target.checked; });
  });

  // Keyboard.
  const rows = () => $$('[data-row]').filter((row) => row.offsetParent !== null);
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains('is-cur'));
    all[at]?.classList.remove('is-cur');
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
    next.classList.add('is-cur');
    next.scrollIntoView({block: 'nearest'});
    $('a', next)?.focus({preventScroll: true});
  };
  const act = () => {
    const row = $('[data-row].is-cur') || document;
    const menu = $('details.f-menu[data-actions]', row) || $('details.f-menu[data-actions]');
    if (!menu) return;
    menu.open = !menu.open;
    $('a, button, input', menu.lastElementChild)?.focus();
  };
  let going = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
    if ($('dialog[open]') && event.key !== '?') return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const link = $('[data-go="' + CSS.escape(event.key) + '"]');
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    switch (event.key) {
      case '/': event.preventDefault(); find?.focus(); find?.select(); break;
      case 'g': going = Date.now(); break;
      case 'j': move(1); break;
      case 'k': move(-1); break;
      case '.': event.preventDefault(); act(); break;
      case '?': { const help = $('#f-help'); if (help?.open) help.close(); else help?.showModal(); break; }
      case 'Escape': $$('details.f-menu[open]').forEach((menu) => menu.removeAttribute('open')); break;
      default:
    }
  });
})();
