// The pieces method in plain C: what a step of training costs where all places are found anew, and no more is done than that.
//
// A network yhat(x) = c + sum_j v_j relu(w_j x + b_j) is straight between its kinks, so that the sums of the residual
// r = yhat - y and of r x over the points of a piece follow from sums of 1, x, x^2, y and x y, which are differences of
// two rows of a table.  Compiled with -DUNITS=n, and -DADAM for adam; relutui/bench/peers/with_c.py does it.

#include <math.h>
#include <stdlib.h>

typedef struct {
    double x, n, sum_x, sum_xx, sum_y, sum_xy;  // x of a point, and the sums over all points before it
} Row;

typedef struct {
    const Row *rows;  // one for each point, and one for the end
    long points;
    double scale, offset;  // the points are evenly spaced: x is at x * scale + offset
} Table;

typedef struct {
    double value, mean, square;
} Parameter;

typedef struct {
    Parameter w, b, v;
    double r, rx;  // the sums over the points to the left of the kink
    int place;     // how many those are
    int number;    // which of the units it is: they lie in the order of their kinks
} Unit;

typedef struct {
    double rate, weight, first, second;  // weight: of the squares in the loss; first, second: adam's corrections
} Rule;

static inline void update(Parameter *p, double sum, Rule rule) {
    double direction = 2 * rule.weight * sum;
#ifdef ADAM
    p->mean = 0.9 * p->mean + (1 - 0.9) * direction;
    p->square = 0.999 * p->square + (1 - 0.999) * direction * direction;
    direction = rule.first * p->mean / (sqrt(rule.second * p->square) + 1e-8);
#endif
    p->value -= rule.rate * direction;
}

static inline int place_of(double kink, const Table *at) {
    double near = kink * at->scale + at->offset, last = at->points - 1;
    near = near > 0 ? near : 0;
    int place = near < last ? near : last;
    return place + (at->rows[place].x < kink);
}

static inline void locate(Unit *units, const Table *at) {
    for (int j = 0; j < UNITS; j++) units[j].place = place_of(-units[j].b.value / units[j].w.value, at);
    for (int j = 1; j < UNITS; j++) {  // an insertion sort, for they were in order a step ago
        if (units[j - 1].place <= units[j].place) continue;
        Unit unit = units[j];
        int hole = j;
        for (; hole > 0 && units[hole - 1].place > unit.place; hole--) units[hole] = units[hole - 1];
        units[hole] = unit;
    }
}

static inline void walk(Unit *units, double c, const Table *at, double *r, double *rx) {
    double a = c, slope = 0;  // of the line to the left of all kinks
    for (Unit *unit = units; unit < units + UNITS; unit++) {
        double weight = unit->w.value < 0 ? unit->v.value : 0;
        a += weight * unit->b.value, slope += weight * unit->w.value;
    }
    const Row *before = at->rows;
    *r = *rx = 0;
    for (int j = 0; j <= UNITS; j++) {
        const Row *row = at->rows + (j < UNITS ? units[j].place : at->points);
        double x = row->sum_x - before->sum_x;
        *r += a * (row->n - before->n) + slope * x - (row->sum_y - before->sum_y);
        *rx += a * x + slope * (row->sum_xx - before->sum_xx) - (row->sum_xy - before->sum_xy);
        if (j == UNITS) break;
        units[j].r = *r, units[j].rx = *rx;
        double jump = units[j].w.value < 0 ? -units[j].v.value : units[j].v.value;
        a += jump * units[j].b.value, slope += jump * units[j].w.value;
        before = row;
    }
}

static void train_one(double *values, const Table *at, long steps, double rate) {
    double beta1 = 1, beta2 = 1;
    Parameter c = {values[0]};
    Unit units[UNITS];
    for (int j = 0; j < UNITS; j++) units[j] = (Unit){{values[3 * j + 1]}, {values[3 * j + 2]}, {values[3 * j + 3]}, .number = j};
    for (long step = 0; step < steps; step++) {
        double r, rx;
        locate(units, at);
        walk(units, c.value, at, &r, &rx);
        beta1 *= 0.9, beta2 *= 0.999;
        Rule rule = {rate, 1.0 / at->points, 1 / (1 - beta1), 1 / (1 - beta2)};
        update(&c, r, rule);
        for (Unit *unit = units; unit < units + UNITS; unit++) {
            double w = unit->w.value, b = unit->b.value, v = unit->v.value;
            double on = w < 0 ? unit->r : r - unit->r, on_x = w < 0 ? unit->rx : rx - unit->rx;
            update(&unit->w, v * on_x, rule), update(&unit->b, v * on, rule), update(&unit->v, w * on_x + b * on, rule);
        }
    }
    values[0] = c.value;
    for (Unit *unit = units; unit < units + UNITS; unit++) {
        double *own = values + 3 * unit->number;
        own[1] = unit->w.value, own[2] = unit->b.value, own[3] = unit->v.value;
    }
}

// Trains networks, of c, w_0, b_0, v_0, w_1, ... each, where they lie; 0, or 1 where there is no memory.
int train(double *values, long networks, const double *x, const double *y, long points, long steps, double rate) {
    Row *rows = calloc(points + 1, sizeof(Row));
    if (!rows) return 1;
    for (long i = 0; i < points; i++) {
        Row *to = rows + i + 1;
        *to = rows[i], rows[i].x = x[i];
        to->n += 1, to->sum_x += x[i], to->sum_xx += x[i] * x[i], to->sum_y += y[i], to->sum_xy += x[i] * y[i];
    }
    Table at = {rows, points, (points - 1) / (x[points - 1] - x[0])};
    at.offset = -x[0] * at.scale;
    for (long n = 0; n < networks; n++) train_one(values + n * (3 * UNITS + 1), &at, steps, rate);
    free(rows);
    return 0;
}
