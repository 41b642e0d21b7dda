/* Filters and sorting of the big table, and folding. Everything is readable without it. Plain ES5 for old browsers. */
/* It stands in the head: the table is not laid out before most of its rows have been taken out of the page. */
(function () {
  "use strict";
  var STEP = 200;
  var root = document.documentElement;
  root.className = "scripted-yes";

  function byId(id) { return document.getElementById(id); }
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function text(node) { return node.textContent.replace(/\s+/g, " ").trim(); }

  /* Folding: links and printing open what they lead to. */

  function openTo(id) {
    var target = id && byId(id);
    for (var node = target; node && node !== document.body; node = node.parentNode) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  function here() {
    var id = location.hash.slice(1);
    try { return decodeURIComponent(id); } catch (error) { return id; }
  }
  window.addEventListener("hashchange", function () { openTo(here()); });

  function fold(open) {
    return function () { each(document.querySelectorAll("details.group"), function (one) { one.open = open; }); };
  }
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.filter.call(document.querySelectorAll("details"), function (one) { return !one.open; });
    each(folded, function (one) { one.open = true; });
    if (table) { show(Infinity); }
  });
  window.addEventListener("afterprint", function () {
    each(folded, function (one) { one.open = false; });
    if (table) { show(STEP); }
  });

  /* The table: all rows are kept here, and only some of them stand in the page at a time. */

  var table, body, rows, matching, keys, words, selects, heads, sorted, collator;

  document.addEventListener("DOMContentLoaded", function () {
    byId("unfold").addEventListener("click", fold(true));
    byId("fold").addEventListener("click", fold(false));
    table = byId("rows");
    try {
      if (table) { prepare(); }
    } finally {
      root.className = "scripted-yes ready";
    }
    if (location.hash) { openTo(here()); }
  });

  function prepare() {
    body = table.tBodies[0];
    rows = Array.prototype.slice.call(body.rows);
    matching = rows;
    words = byId("words");
    selects = Array.prototype.slice.call(document.querySelectorAll("select[data-column]"));
    heads = table.tHead.rows[0].cells;
    sorted = { column: -1, down: false };
    collator = window.Intl && Intl.Collator ? new Intl.Collator("zh-CN", { numeric: true }) : null;
    each(rows, function (row, number) { row.number = number; });
    each(heads, makeButton);
    each(selects, function (one) { one.addEventListener("change", filter); });
    var waiting;
    words.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(filter, 150); });
    byId("clear").addEventListener("click", function () {
      words.value = "";
      each(selects, function (one) { one.value = ""; });
      filter();
      words.focus();
    });
    byId("more").addEventListener("click", function () { show(body.rows.length + STEP); });
    byId("whole").addEventListener("click", function () { show(Infinity); });
    filter(); /* a browser that goes back has kept what was chosen */
  }

  function cell(row, column) {
    if (!keys) { keys = []; }
    var mine = keys[row.number] || (keys[row.number] = Array.prototype.map.call(row.cells, text));
    return mine[column];
  }

  function wording(row) {
    /* What the search looks at: the row and all that the report says of the finding. */
    if (!row.words) {
      var target = byId(row.cells[5].querySelector("a").getAttribute("href").slice(1));
      row.words = (row.textContent + " " + (target ? target.textContent : "")).toLowerCase();
    }
    return row.words;
  }

  function filter() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var chosen = selects.filter(function (one) { return one.value; });
    matching = rows.filter(function (row) {
      return chosen.every(function (one) { return cell(row, one.getAttribute("data-column")) === one.value; }) &&
        wanted.every(function (word) { return wording(row).indexOf(word) >= 0; });
    });
    if (sorted.column >= 0) { arrange(); }
    show(STEP);
  }

  function show(count) {
    var part = document.createDocumentFragment();
    body.textContent = "";
    each(matching.slice(0, count), function (row) { part.appendChild(row); });
    body.appendChild(part);
    var shown = body.rows.length;
    byId("found").textContent = "符合条件 " + matching.length + " 条，已显示 " + shown + " 条，共 " + rows.length + " 条";
    byId("more").parentNode.hidden = shown >= matching.length;
  }

  function makeButton(head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", function () {
      sorted = { column: column, down: sorted.column === column && !sorted.down };
      each(heads, function (one) { one.setAttribute("aria-sort", "none"); });
      head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      arrange();
      show(Math.max(STEP, body.rows.length));
    });
  }

  function arrange() {
    /* Columns with a choice sort in its official order, points as numbers, everything else as Chinese text. */
    var column = sorted.column, sign = sorted.down ? -1 : 1;
    var order = {};
    each(selects, function (one) {
      if (+one.getAttribute("data-column") === column) {
        each(one.options, function (option, place) { order[option.value] = place; });
      }
    });
    function compare(one, other) {
      if (order[one] !== undefined && order[other] !== undefined) { return order[one] - order[other]; }
      if (column === 8) { return (parseFloat(one) || 0) - (parseFloat(other) || 0); }
      return collator ? collator.compare(one, other) : one.localeCompare(other);
    }
    matching = matching.slice().sort(function (one, other) {
      return sign * compare(cell(one, column), cell(other, column)) || one.number - other.number;
    });
  }
})();
