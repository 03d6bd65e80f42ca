// Small line charts from <div data-chart='{"times":[…],"values":[…]}' data-label="…">.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Map();

  const draw = (element) => {
    drawn.get(element)?.destroy();
    const {times, values} = JSON.parse(element.dataset.chart);
    element.replaceChildren();
    const axis = {stroke: colour('--ink-3'), grid: {show: false}, ticks: {show: false},
      font: '11px system-ui', size: 18, space: 60,
      values: (_, at) => at.map((t) => new Date(t * 1000).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', hour12: false}))};
    const plot = new uPlot({
      width: element.clientWidth, height: 96, padding: [6, 4, 0, 4], legend: {show: false},
      cursor: {y: false, points: {size: 6}},
      scales: {y: {range: (_, low, high) => [0, Math.max(1, high * 1.15)]}},
      axes: [axis, {show: false}],
      series: [{}, {stroke: colour('--busy'), width: 1.6, fill: colour('--busy-soft'),
        points: {show: false}}],
      hooks: {setCursor: [(u) => {
        const i = u.cursor.idx;
        const out = document.getElementById(element.dataset.readout);
        if (out) out.textContent = i == null ? '' :
          new Date(times[i] * 1000).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', hour12: false}) + ' · ' + values[i];
      }]},
    }, [times, values], element);
    drawn.set(element, plot);
  };

  const all = () => {
    for (const element of drawn.keys()) if (!element.isConnected) { drawn.get(element).destroy(); drawn.delete(element); }
    document.querySelectorAll('[data-chart]').forEach(draw);
  };
  all();
  document.addEventListener('fettle:fresh', all);
  document.addEventListener('fettle:theme', all);
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; all(); } });
})();
